/**
 * A dataset controller of ours: strokes a series' trace. Chart.js's own would make an element for each point, and weigh
 * what a page without any other use for them need not load.
 */
import { DatasetController, Element, type ChartTypeRegistry } from 'chart.js';
import { readableOf } from './readable.js';
import type { TracePoint } from './trace.js';

declare module 'chart.js' {
  interface ChartTypeRegistry {
    /** Named apart from `line`, so that a page's own charts may use that. */
    trace: ChartTypeRegistry['line'];
  }
}

export type TraceType = Extract<keyof ChartTypeRegistry, 'trace'>;

const LINE_WIDTH = 1.5;

/** What the tooltip and the pointer hold on to: a place that has no drawing of its own. */
export class Spot extends Element {
  static readonly id = 'rt-spot';
  static override readonly defaults = {};

  constructor(x: number, y: number) {
    super();
    this.x = x;
    this.y = y;
  }
}

export class TraceController extends DatasetController<'trace'> {
  static readonly id = 'trace';
  static readonly defaults = { datasetElementType: false, dataElementType: Spot.id };

  override addElements(): void {
    // A trace is drawn as one.
  }

  override buildOrUpdateElements(): void {
    // There are none.
  }

  override update(): void {
    // The trace is new in every frame.
  }

  /** How a point that is read looks is drawn with the marks. */
  override setHoverStyle(): void {
    // Nothing to style.
  }

  override removeHoverStyle(): void {
    // Nothing to style.
  }

  /** The tooltip's own callbacks say more. */
  override getLabelAndValue(): { label: string; value: string } {
    return { label: '', value: '' };
  }

  override draw(): void {
    const readable = readableOf(this.chart);
    const trace = readable?.traces[this.index];
    const series = readable?.options.series[this.index];
    const { xScale: x, yScale: y } = this.getMeta();
    if (trace === undefined || series === undefined || x === undefined || y === undefined) return;
    const { ctx } = this.chart;
    ctx.save();
    ctx.strokeStyle = series.color;
    ctx.lineWidth = LINE_WIDTH;
    ctx.lineJoin = 'round';
    ctx.beginPath();
    const at = ({ x: time, y: value }: TracePoint) => [x.getPixelForValue(time), y.getPixelForValue(value)] as const;
    let before = NaN;
    for (const point of trace.points) {
      const [left, top] = at(point);
      if (Number.isNaN(before)) ctx.moveTo(left, top);
      else if (readable?.options.stepped === true) ctx.lineTo(left, before);
      ctx.lineTo(left, top);
      before = top;
    }
    ctx.stroke();
    ctx.restore();
  }
}
