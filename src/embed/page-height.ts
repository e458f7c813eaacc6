/**
 * Tells the page around the frame how high its content is, and nothing else: one way, to one origin, on change. Knows
 * nothing of what is shown.
 */

/** The message, whole. `height` is a whole number of CSS pixels. */
export interface HeightMessage {
  readonly type: 'rt-widgets:height';
  readonly height: number;
}

/** The content as it stands: its height in CSS pixels, and whether the frame is so low that a scroll bar takes of its width. */
export interface Seen {
  readonly height: number;
  readonly hasBar: boolean;
}

/** Who put this page into a frame, by the referrer; `undefined` where that is not known, and nobody is told. */
export const hostOrigin = (referrer: string): string | undefined => {
  if (!URL.canParse(referrer)) return undefined;
  const { origin } = new URL(referrer);
  return origin === 'null' ? undefined : origin;
};

/**
 * Decides what is told. The content's height does not depend on the frame's, but for one thing: a frame that stays lower
 * than asked, by a border of its own, gets a scroll bar; beside it text wraps, and is higher; with that height the bar
 * goes, and it would begin anew. So a height that was once told and brought a bar is not told twice.
 */
export class HeightTeller {
  #told = 0;
  #tooLow = 0;
  #hadBar = false;

  constructor(private readonly tell: (height: number) => void) {}

  see({ height, hasBar }: Seen): void {
    if (hasBar && !this.#hadBar) this.#tooLow = this.#told;
    this.#hadBar = hasBar;
    const whole = Math.ceil(height);
    if (whole === this.#told || (!hasBar && whole === this.#tooLow)) return;
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
    teller.see({ height: content.getBoundingClientRect().height, hasBar });
  }).observe(content);
};
