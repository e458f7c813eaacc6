/**
 * The debug overlay: one panel a page, with a section for each feed that has `debug`. Owns when it is there, when it is
 * renewed and what its buttons do. What stands in it is view.ts; what it shows comes from outside.
 *
 * It is a popover, so that it lies above the page, in a shadow root of its own, so that the page's styles end there. It
 * takes no room in the page and leaves nothing running when its last section is gone.
 */
import { adoptStyles, render } from 'lit';
import { Listeners, once, type Disposer } from '../kernel/disposer.js';
import type { Env } from '../kernel/env.js';
import type { Inspection } from '../kernel/inspection.js';
import { FeedMeter, PageMeter } from './rates.js';
import { makeReport } from './report.js';
import { sectionView, styles, WORDS } from './view.js';

/** How often everything is renewed. Milliseconds. */
const PERIOD = 500;

/** How long a button says that it has copied. Milliseconds. */
const COPIED_FOR = 2_000;

const panels = new WeakMap<Document, Panel>();

/** Counted for the ids in a panel. */
let sections = 0;

/**
 * Shows what `inspect` says of a feed, until the disposer is called, its section is closed (which takes the feed's
 * attribute `debug` away) or the feed has left the document. `inspect` is asked only while the feed is there.
 */
export const showDebug = (feed: HTMLElement, inspect: () => Inspection, env: Env): Disposer => {
  // Where its script belongs, though the feed may stand in a pop-out: its style sheet is of no other document.
  const page = document;
  const panel = panels.get(page) ?? new Panel(page, env);
  const section = new Section(feed, inspect, env, panel);
  const stop = panel.ticks.add(() => {
    if (feed.isConnected) section.refresh();
    else dispose();
  });
  const dispose = once(() => {
    stop();
    panel.remove(section.element);
  });
  panel.add(section.element);
  if (feed.isConnected) section.refresh();
  return dispose;
};

/** The panel of a page, which is there as long as it has a section. */
class Panel {
  readonly ticks = new Listeners();
  readonly meter: PageMeter;
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  #stopTimer: Disposer;

  constructor(
    private readonly page: Document,
    private readonly env: Env,
  ) {
    panels.set(page, this);
    this.meter = new PageMeter(env);
    this.#host = page.createElement('div');
    this.#host.lang = 'en';
    this.#host.role = 'region';
    this.#host.ariaLabel = WORDS.title;
    this.#host.popover = 'manual';
    this.#root = this.#host.attachShadow({ mode: 'open' });
    adoptStyles(this.#root, [styles]);
    // Beside the body, whose layout and children are the page's own.
    page.documentElement.append(this.#host);
    this.#host.showPopover();
    this.#stopTimer = this.#wait();
  }

  add(section: HTMLElement): void {
    this.#root.append(section);
  }

  /** Takes a section out; who was in it with the keyboard goes on in the next one. */
  remove(section: HTMLElement): void {
    const hadFocus = section.contains(this.#root.activeElement);
    section.remove();
    if (this.#root.childElementCount === 0) this.#dispose();
    else if (hadFocus) this.#root.querySelector('button')?.focus();
  }

  #wait(): Disposer {
    return this.env.timer(() => {
      this.#stopTimer = this.#wait();
      this.ticks.emit();
    }, PERIOD);
  }

  #dispose(): void {
    this.#stopTimer();
    this.meter.dispose();
    this.#host.remove();
    panels.delete(this.page);
  }
}

/** One feed's part of the panel. */
class Section {
  readonly element: HTMLElement;
  readonly #id = `feed-${++sections}`;
  readonly #meter: FeedMeter;
  #isOpen = true;
  #copiedAt = -Infinity;
  /** Shown for the author to copy, where the browser would not. */
  #report: string | undefined;

  constructor(
    private readonly feed: HTMLElement,
    private readonly inspect: () => Inspection,
    private readonly env: Env,
    panel: Panel,
  ) {
    this.#meter = new FeedMeter(env, panel.meter);
    this.element = document.createElement('section');
    this.element.setAttribute('aria-labelledby', this.#id);
  }

  refresh(): void {
    const inspection = this.inspect();
    const view = sectionView({
      id: this.#id,
      name: nameOf(this.feed, inspection),
      isOpen: this.#isOpen,
      isCopied: this.env.now() - this.#copiedAt < COPIED_FOR,
      report: this.#report,
      inspection,
      rates: this.#meter.read(inspection),
      onToggle: () => this.#change(() => (this.#isOpen = !this.#isOpen)),
      onCopy: () => void this.#copy(),
      onHideReport: () => this.#change(() => (this.#report = undefined)),
      onClose: () => this.feed.removeAttribute('debug'),
    });
    render(view, this.element);
  }

  /** A feed that is gone, and a panel that is, stay as they are. */
  #change(change: () => void): void {
    change();
    if (this.feed.isConnected && this.element.isConnected) this.refresh();
  }

  async #copy(): Promise<void> {
    const inspection = this.inspect();
    const report = makeReport(this.feed, inspection, this.#meter.read(inspection), this.env);
    try {
      if (!mayCopy(this.feed.ownerDocument)) throw new Error('The page may not copy.');
      // Where the page is no secure context there is no clipboard, whatever its type says.
      await navigator.clipboard.writeText(report);
      this.#change(() => {
        this.#copiedAt = this.env.now();
        this.#report = undefined;
      });
    } catch {
      this.#change(() => {
        this.#isOpen = true;
        this.#report = report;
      });
      const text = this.element.querySelector('textarea');
      text?.focus();
      text?.select();
      text?.scroll(0, 0);
    }
  }
}

/** Asked first: Chromium, the one that can be asked, tells of a violation where what the page forbids is tried. */
const mayCopy = (page: Document & { readonly featurePolicy?: { allowsFeature(name: string): boolean } }): boolean =>
  page.featurePolicy?.allowsFeature('clipboard-write') ?? true;

/** The feed's id, else the address that it reads, without what all addresses begin with. */
const nameOf = ({ id }: HTMLElement, { sources }: Inspection): string =>
  id || (sources.find(({ role }) => role === 'used')?.address.replace(/^\w+:\/\//, '') ?? WORDS.unnamed);
