/**
 * Tells the page around the frame how high its content is, and nothing else: one way, to one origin, on change. Knows
 * nothing of what is shown.
 */

/** The message, whole. `height` is a whole number of CSS pixels. */
export interface HeightMessage {
  readonly type: 'rt-widgets:height';
  readonly height: number;
}

/** The content as it stands. All in CSS pixels. */
export interface Seen {
  readonly height: number;
  /** The frame's, a scroll bar included. */
  readonly width: number;
  /** Whether the frame is so low that a scroll bar takes of its width. */
  readonly hasBar: boolean;
}

/** Who put this page into a frame, by the referrer; `undefined` where that is not known, and nobody is told. */
export const hostOrigin = (referrer: string): string | undefined => {
  if (!URL.canParse(referrer)) return undefined;
  const { origin } = new URL(referrer);
  return origin === 'null' ? undefined : origin;
};

/** How often a height may be told, and a scroll bar follow, before it counts as too low for this frame. */
const MOST_BARS = 2;

/**
 * Decides what is told. The content's height does not depend on the frame's, but for one thing: a frame that stays lower
 * than asked, by a border of its own, gets a scroll bar; beside it text wraps, and is higher; with that height the bar
 * goes, and it would begin anew. So a height that a bar has followed twice is not told a third time at that width.
 */
export class HeightTeller {
  #told = 0;
  #width = 0;
  #hadBar = false;
  /** How often a bar has followed each height. */
  readonly #bars = new Map<number, number>();

  constructor(private readonly tell: (height: number) => void) {}

  see({ height, width, hasBar }: Seen): void {
    if (width !== this.#width) this.#bars.clear();
    else if (hasBar && !this.#hadBar) this.#bars.set(this.#told, (this.#bars.get(this.#told) ?? 0) + 1);
    this.#width = width;
    this.#hadBar = hasBar;
    const whole = Math.ceil(height);
    const isTooLow = !hasBar && (this.#bars.get(whole) ?? 0) >= MOST_BARS;
    if (whole === this.#told || isTooLow) return;
    this.#told = whole;
    this.tell(whole);
  }
}

/** `content` is as high as what it holds. */
export const tellHeight = (content: Element): void => {
  const origin = hostOrigin(document.referrer);
  if (origin === undefined || parent === window) return;
  const teller = new HeightTeller((height) => {
    const message: HeightMessage = { type: 'rt-widgets:height', height };
    parent.postMessage(message, origin);
  });
  new ResizeObserver(() => {
    const hasBar = innerWidth > document.documentElement.clientWidth;
    teller.see({ height: content.getBoundingClientRect().height, width: innerWidth, hasBar });
  }).observe(content);
};
