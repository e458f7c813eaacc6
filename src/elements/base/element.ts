/** What all our elements share: registration that never throws, custom states, mistakes told once, the locale. */
import { LitElement } from 'lit';
import { Config, tellError, type Parse } from '../../controllers/config.js';
import { LocaleController } from '../../controllers/locale-controller.js';
import { world } from '../../controllers/world.js';
import type { Disposer } from '../../kernel/disposer.js';
import { VERSION } from '../../kernel/version.js';
import { rtError, type RtError } from '../../kernel/errors.js';
import { attributeOf, initialize } from './attributes.js';
import { dress, redress } from './dress.js';
import { examine, forget } from './examine.js';
import { isSupported } from './support.js';

type Constructor = CustomElementConstructor & { readonly version?: unknown };

/** Whether a clash of versions has been told of: by whichever of the page's scripts came upon one first. */
const CLASH_TOLD = Symbol.for('rt-widgets.clash-told');

/**
 * Registers a class under a tag. A tag that is taken is left alone: by the same version in silence, by another one with
 * one warning a page. A browser that lacks what the elements need registers nothing.
 */
export const defineElement = (
  constructor: CustomElementConstructor,
  tag: string,
  registry: CustomElementRegistry,
): void => {
  if (!isSupported()) return;
  const taken: Constructor | undefined = registry.get(tag);
  if (taken === undefined) {
    try {
      registry.define(tag, constructor);
    } catch {
      // A registry takes a class once: under a second name it needs a class of its own.
      registry.define(tag, class extends constructor {});
    }
    return;
  }
  const page = globalThis as { [CLASH_TOLD]?: boolean };
  if (taken.version === VERSION || page[CLASH_TOLD] === true) return;
  page[CLASH_TOLD] = true;
  const other = typeof taken.version === 'string' ? `version ${taken.version}` : 'another script';
  world().env.warn(
    `rt-widgets: <${tag}> is already registered by ${other}; version ${VERSION} leaves it alone. Load the script once.`,
  );
};

/** How often a time that is shown is renewed, in milliseconds. */
const TIME_PERIOD = 1_000;

/**
 * What every element that shows something is.
 *
 * @fires {CustomEvent<RtError>} rt-error - One sentence on what is wrong: a value that is not understood, a script that
 *   could not be fetched.
 */
export abstract class RtElement extends LitElement {
  /** The package's version, so that two bundles on one page can tell each other apart. */
  static readonly version: string = VERSION;
  /** The tag that `define()` registers where none is named. */
  static readonly tag: string;

  /** Registers the class, unless the tag is taken. */
  static define(tag: string = this.tag, registry: CustomElementRegistry = globalThis.customElements): void {
    defineElement(this as unknown as CustomElementConstructor, tag, registry);
  }

  protected readonly config = new Config(this);
  protected readonly locale = new LocaleController(this);
  readonly #internals = this.attachInternals();
  #states: readonly string[] = [];
  #timer: Disposer | undefined;
  /** While it stands in another window than its script's: ends what is done for that. */
  #goHome: Disposer | undefined;

  constructor() {
    super();
    initialize(this);
  }

  /** What the attribute behind a property means, or `fallback` where it is not set or not understood. */
  protected read<T>(name: keyof this & string, parse: Parse<T>, fallback: T): T {
    return this.config.read(attributeOf(name), this[name] as string | null, parse, fallback);
  }

  /** Replaces the custom states: `:state(name)`. A browser that has none, or none with such names, goes without. */
  protected setStates(...states: readonly string[]): void {
    try {
      for (const state of this.#states) if (!states.includes(state)) this.#internals.states.delete(state);
      for (const state of states) this.#internals.states.add(state);
    } catch {
      // What is shown says the same in words.
    }
    this.#states = states;
  }

  /** True where something looks as if the author had forgotten it, now that the page has had time. */
  protected get isDoubtful(): boolean {
    return false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    examine(this, () => this.isDoubtful);
    if (this.ownerDocument !== document) void this.#goAbroad(this.ownerDocument);
  }

  protected tell(error: RtError): void {
    tellError(this, error);
  }

  /** Keeps an age or a countdown that is on the screen true; and what is to change by itself in `left` milliseconds. */
  protected keepTime(shown: boolean, left = Infinity): void {
    const wait = Math.max(0, Math.min(left, shown ? TIME_PERIOD : Infinity));
    this.#timer?.();
    this.#timer = wait < Infinity && this.isConnected ? world().env.timer(() => this.requestUpdate(), wait) : undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    forget(this);
    this.keepTime(false);
    this.#goHome?.();
    this.#goHome = undefined;
  }

  /** Into another window, a frame, or what is not shown at all. */
  adoptedCallback(_from: Document): void {
    if (this.shadowRoot !== null) redress(this.shadowRoot);
  }

  /** A root that was written into the page, by who saved it or rendered it before, is only a place: it is filled anew. */
  protected override createRenderRoot(): ShadowRoot {
    const root = this.shadowRoot ?? this.attachShadow(RtElement.shadowRootOptions);
    root.replaceChildren();
    dress(root, (this.constructor as typeof LitElement).elementStyles);
    return root;
  }

  /** A page has a script for that only where it needs one. */
  async #goAbroad(page: Document): Promise<void> {
    try {
      const { visit } = await import('./abroad.js');
      if (this.isConnected && this.ownerDocument === page) this.#goHome ??= visit(this, world().env);
    } catch (cause) {
      const message =
        'The script for other windows could not be fetched: what is shown there stands still while the page is hidden.';
      this.tell(rtError('network', message, cause));
    }
  }

  /** What the accessibility tree is told where the author says nothing. */
  protected describe(role: string, label: string): void {
    this.#internals.role = role;
    this.#internals.ariaLabel = label;
  }
}
