/**
 * Owns the size of a drawing: that of an element's content, in whole pixels of the device, as a fractional one blurs.
 * Follows the device's pixel ratio, which changes with zoom and from screen to screen. Belongs to the window that the
 * element is in when it is made: one of a page that is hidden tells nothing of another that is seen.
 */

/** Layout counts in 64ths of a pixel: what is a whole number of the device's may come out a little short. */
const LAYOUT_UNIT = 1 / 32;

/** The largest size, in CSS pixels, that is a whole number of the device's pixels and no larger than `size`. */
export const wholePixels = (size: number, ratio: number): number => Math.floor((size + LAYOUT_UNIT) * ratio) / ratio;

export class Box {
  /** In CSS pixels; 0 until the first layout, and while nothing is displayed. */
  width = 0;
  height = 0;
  /** Pixels of the device a CSS pixel. */
  ratio = 1;
  #content = { width: 0, height: 0 };
  #resolution: MediaQueryList | undefined;
  readonly #view: Window & typeof globalThis;
  readonly #observer: ResizeObserver;

  constructor(
    element: Element,
    /** Called when the size or the ratio has changed. */
    private readonly changed: () => void,
  ) {
    this.#view = element.ownerDocument.defaultView ?? window;
    this.#watchRatio();
    this.#observer = new this.#view.ResizeObserver((entries) => {
      this.#content = entries.at(-1)?.contentRect ?? this.#content;
      this.#measure();
    });
    this.#observer.observe(element);
  }

  dispose(): void {
    this.#observer.disconnect();
    this.#resolution?.removeEventListener('change', this.#ratioChanged);
  }

  readonly #ratioChanged = (): void => {
    this.#resolution?.removeEventListener('change', this.#ratioChanged);
    this.#watchRatio();
    this.#measure();
  };

  /** A media query knows only whether the ratio is still the one asked for: each change asks anew. */
  #watchRatio(): void {
    this.ratio = this.#view.devicePixelRatio;
    this.#resolution = this.#view.matchMedia(`(resolution: ${this.ratio}dppx)`);
    this.#resolution.addEventListener('change', this.#ratioChanged);
  }

  #measure(): void {
    this.width = wholePixels(this.#content.width, this.ratio);
    this.height = wholePixels(this.#content.height, this.ratio);
    this.changed();
  }
}
