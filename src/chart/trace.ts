/**
 * Owns the points of one line: at most about four a column of pixels (first, least, greatest, last), which draw the
 * same picture as all samples would. The same objects are used in every frame. Pure; knows nothing of a canvas.
 */

export interface TracePoint {
  /** Milliseconds since the epoch. */
  x: number;
  /** NaN where the line breaks. */
  y: number;
  /** False where the line only passes: no one measured anything there. */
  isSample: boolean;
}

interface Spot extends TracePoint {
  turn: number;
}

const spot = (): Spot => ({ x: NaN, y: NaN, isSample: false, turn: -1 });

const set = (to: Spot, from: Spot): void => {
  to.x = from.x;
  to.y = from.y;
  to.isSample = from.isSample;
  to.turn = from.turn;
};

export class Trace {
  /** In the order of time. Always the same array. */
  readonly points: TracePoint[] = [];
  /** What stands so alone that no line shows it. */
  readonly dots: TracePoint[] = [];
  /** How far from another moment a sample still tells of it, in milliseconds. */
  reach = Infinity;
  /** The usual gap between samples, in milliseconds; infinite where it is not known. */
  gap = Infinity;
  /** The least and the greatest value shown; `low` > `high` where there is none. */
  low = Infinity;
  high = -Infinity;
  readonly #pool: TracePoint[] = [];
  #length = 0;
  /** Where the line began that is being drawn. */
  #start = 0;
  #msPerPixel = 1;
  #column = NaN;
  /** The column in which the line was cut already: of more cuts in one column nothing could be seen. */
  #cutColumn = NaN;
  #isCut = false;
  #turn = 0;
  #pushed = -1;
  readonly #first = spot();
  readonly #least = spot();
  readonly #greatest = spot();
  readonly #last = spot();

  /** Begins anew, with columns of so many milliseconds. They are anchored to time: they move with the picture. */
  begin(msPerPixel: number): void {
    this.#msPerPixel = msPerPixel;
    this.#length = this.#start = this.#turn = 0;
    this.#column = this.#cutColumn = NaN;
    this.#isCut = false;
    this.dots.length = 0;
    this.low = Infinity;
    this.high = -Infinity;
  }

  /** Draws on to a point, which is not before the one before. */
  add(x: number, y: number, isSample: boolean): void {
    const column = Math.floor(x / this.#msPerPixel);
    const isSame = column === this.#column;
    const cuts = this.#isCut && !(isSame && this.#cutColumn === column);
    this.#isCut = false;
    const last = this.#last;
    if (!isSame || cuts) this.#flush();
    if (cuts) {
      this.#endLine();
      this.#push(last.x, NaN, false);
      this.#start = this.#length;
      if (isSame) this.#cutColumn = column;
    }
    this.#column = column;
    const isNew = !isSame || cuts;
    last.x = x;
    last.y = y;
    last.isSample = isSample;
    last.turn = this.#turn++;
    if (isNew) set(this.#first, last);
    if (isNew || y < this.#least.y) set(this.#least, last);
    if (isNew || y > this.#greatest.y) set(this.#greatest, last);
  }

  /** Lifts the pen: the next point begins another line. */
  cut(): void {
    this.#isCut = this.#turn > 0;
  }

  end(): void {
    this.#flush();
    this.#endLine();
    this.points.length = this.#length;
  }

  #flush(): void {
    if (Number.isNaN(this.#column)) return;
    const isRising = this.#least.turn < this.#greatest.turn;
    this.#pushed = -1;
    this.#pushSpot(this.#first);
    this.#pushSpot(isRising ? this.#least : this.#greatest);
    this.#pushSpot(isRising ? this.#greatest : this.#least);
    this.#pushSpot(this.#last);
    this.#column = NaN;
  }

  /** One sample may be the first, the least and the last at once: it is one point. */
  #pushSpot({ x, y, isSample, turn }: Spot): void {
    if (turn <= this.#pushed) return;
    this.#push(x, y, isSample);
    this.#pushed = turn;
  }

  #push(x: number, y: number, isSample: boolean): void {
    const point = (this.#pool[this.#length] ??= { x, y, isSample });
    point.x = x;
    point.y = y;
    point.isSample = isSample;
    this.points[this.#length++] = point;
    if (y < this.low) this.low = y;
    if (y > this.high) this.high = y;
  }

  /** A line that ends within a pixel of its beginning becomes a dot. */
  #endLine(): void {
    const first = this.points[this.#start];
    const last = this.points[this.#length - 1];
    if (this.#length > this.#start && first !== undefined && last !== undefined && last.x - first.x < this.#msPerPixel)
      this.dots.push(last);
  }
}
