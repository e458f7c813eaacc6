/** The server's pulse: once a tick it collects one snapshot, publishes it, and raises the alert where one is due. */
import { snapshotJson, type Aggregator, type Snapshot } from './aggregator.js';
import { CpuAlarm } from './alerts.js';
import type { Bounds } from './bounds.js';
import type { Clock, Stop } from './clock.js';
import type { Hub } from './hub.js';

export class Pulse {
  readonly #alarm = new CpuAlarm();
  #busy = false;

  constructor(
    private readonly aggregator: Aggregator,
    private readonly hub: Hub,
    private readonly clock: Clock,
    private readonly bounds: Bounds,
  ) {}

  start(): Stop {
    return this.clock.every(this.bounds.tick, () => void this.#beat(this.bounds.sourceLimit));
  }

  /** The first snapshot: it is given more time than the later ones. */
  first(): Promise<void> {
    return this.#beat(this.bounds.firstSourceLimit);
  }

  async #beat(limit: number): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const snapshot = await this.aggregator.collect(limit);
    this.#busy = false;
    this.hub.publish('metrics', snapshotJson(snapshot), true);
    const alert = this.#alarm.check(freshCpu(snapshot), this.clock.now(), snapshot.timestamp);
    if (alert !== undefined) this.hub.publish('alert', JSON.stringify(alert));
  }
}

const freshCpu = ({ parts, stale }: Snapshot): number | undefined =>
  'cpu' in stale ? undefined : (parts['infrastructure']?.['cpu_usage'] ?? undefined);
