/**
 * Tells the page around the frame how high its content is, and nothing else: one way, to one origin, on change. Knows
 * nothing of what is shown.
 */

/** The message, whole. `height` is a whole number of CSS pixels. */
export interface HeightMessage {
  readonly type: 'rt-widgets:height';
  readonly height: number;
}

/** Who put this page into a frame, by the referrer; `undefined` where that is not known, and nobody is told. */
export const hostOrigin = (referrer: string): string | undefined => {
  if (!URL.canParse(referrer)) return undefined;
  const { origin } = new URL(referrer);
  return origin === 'null' ? undefined : origin;
};

/** `content` is as high as what it holds, whatever the height of the frame: so a host that sets it starts no circle. */
export const tellHeight = (content: Element): void => {
  const origin = hostOrigin(document.referrer);
  if (origin === undefined || parent === window) return;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    const message: HeightMessage = { type: 'rt-widgets:height', height };
    parent.postMessage(message, origin);
  }).observe(content);
};
