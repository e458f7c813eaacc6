/**
 * A page for tests of elements: its clock, frames and wire are a fake `Env`, its document is the real one. What a test
 * put into it is taken out afterwards, and whatever is still held then is a leak that fails the test.
 */
import { useWorld } from '../../src/controllers/world.js';
import { FrameScheduler } from '../../src/frame/scheduler.js';
import type { Disposer } from '../../src/kernel/disposer.js';
import type { RtError } from '../../src/kernel/errors.js';
import type { RtFeed } from '../../src/elements/rt-feed/rt-feed.js';
import { FakeEnv, NOTHING_HELD, settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';

/** Longer than a feed may take to close once it is gone. */
const GONE = 2_000;

export class Page {
  env = new FakeEnv();
  root: HTMLElement = document.createElement('main');
  /** Every `rt-error` of the page, in order. */
  errors: RtError[] = [];
  #restore: Disposer = () => undefined;

  begin(): void {
    this.env = new FakeEnv();
    this.root = document.createElement('main');
    this.errors = [];
    this.root.addEventListener('rt-error', ({ detail }) => this.errors.push(detail));
    document.body.append(this.root);
    this.#restore = useWorld({ env: this.env, frames: new FrameScheduler(this.env) });
  }

  async end(): Promise<void> {
    this.root.remove();
    await this.pass(GONE);
    this.env.setHidden(false);
    this.env.runFrame();
    await settled();
    this.#restore();
    // The scheduler is the page's own, and listens as long as the page is there.
    expect(JSON.stringify(this.env.held), 'held by what is gone').to.equal(
      JSON.stringify({ ...NOTHING_HELD, watchers: 1 }),
    );
  }

  /** Puts markup into the page, after what is there, and waits until its elements stand. */
  async add(markup: string): Promise<void> {
    this.root.insertAdjacentHTML('beforeend', markup);
    await settled();
  }

  /** The first element that the selector finds, of the class that is expected. */
  get<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K];
  get(selector: string): HTMLElement;
  get<E extends HTMLElement>(selector: string, type: new () => E): E;
  get(selector: string, type: new () => HTMLElement = HTMLElement): HTMLElement {
    const found = this.root.querySelector(selector);
    if (found instanceof type) return found;
    throw new Error(`There is no ${selector}.`);
  }

  get feed(): RtFeed {
    return this.get('rt-feed');
  }

  /** A page of this colour scheme, on the browser's own canvas. */
  paint(scheme: string): void {
    this.root.style.colorScheme = scheme;
    this.root.style.background = 'Canvas';
  }

  /** Feeds what is pushed, and shows it. */
  async push(messages: unknown, feed = this.feed): Promise<void> {
    feed.push(messages);
    await this.frame();
  }

  async frame(): Promise<void> {
    this.env.runFrame();
    await settled();
  }

  /** Lets time pass, without a frame. */
  async pass(ms: number): Promise<void> {
    await this.env.pass(ms);
    await settled();
  }

  /** Changes something, and waits until the elements have taken it in. */
  async after(change: () => unknown): Promise<void> {
    change();
    await settled();
  }
}

/** A page for each test of the `describe` that this is called in. */
export const usePage = (): Page => {
  const page = new Page();
  beforeEach(() => page.begin());
  afterEach(() => page.end());
  return page;
};

/** Registers every element in a page of its own, whatever policy rules there, and writes down what violates that. */
export const defineIn = (page: Document): readonly string[] => {
  const violations: string[] = [];
  page.addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile, lineNumber }) =>
    violations.push(`${violatedDirective} ${sourceFile}:${lineNumber}`),
  );
  // Made outside, where no policy asks for a trusted address.
  const script = document.createElement('script');
  script.type = 'module';
  script.src = new URL('../../src/define.ts', import.meta.url).href;
  page.body.append(script);
  return violations;
};

/** Writes down the details of an event. */
export const listen = <K extends 'rt-status' | 'rt-freshness' | 'rt-message' | 'rt-error'>(
  target: EventTarget,
  type: K,
): HTMLElementEventMap[K]['detail'][] => {
  const details: HTMLElementEventMap[K]['detail'][] = [];
  target.addEventListener(type, (event) => details.push((event as HTMLElementEventMap[K]).detail));
  return details;
};

/** The element in an element's shadow root; `undefined` where there is none. */
export const inside = (host: Element, selector: string): HTMLElement | undefined =>
  host.shadowRoot?.querySelector<HTMLElement>(selector) ?? undefined;

/** The text of a part, its white space tidied; `undefined` where there is no such part. */
export const part = (host: Element, name: string): string | undefined =>
  inside(host, `[part='${name}']`)?.textContent.replace(/\s+/g, ' ').trim();

/** Those of `names` that are custom states of the element now. */
export const statesOf = (host: Element, names: readonly string[]): string[] =>
  names.filter((name) => host.matches(`:state(${name})`));

const WIDGET_STATES = ['loading', 'live', 'stale', 'error', 'empty'];

/** The one state of a widget. */
export const stateOf = (host: Element): string => statesOf(host, WIDGET_STATES).join(' and ');
