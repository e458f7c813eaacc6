/**
 * The server's pulse: once a tick the instance that leads collects one snapshot, publishes it, and raises the alert where one
 * is due; the others only tell it of their own counters. Cut off from the others each does so for its own clients. The
 * sources that push run only where it leads: theirs must not come twice.
 */
import { snapshotJson, type Aggregator, type Snapshot } from './aggregator.js';
import { CpuAlarm } from './alerts.js';
import type { Bounds } from './bounds.js';
import { Unpublished, type Broker } from './broker.js';
import type { Clock, Stop } from './clock.js';
import type { Intake } from './intake.js';

export interface Beating {
  readonly aggregator: Aggregator;
  readonly intake: Intake;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly log: (sentence: string) => void;
  /** Tells the instance that leads of this one's counters. */
  share(): Promise<unknown>;
}

export class Pulse {
  readonly #alarm = new CpuAlarm();
  #busy = false;
  #isStopped = false;

  constructor(private readonly parts: Beating) {}

  start(): Stop {
    const { clock, bounds, broker, intake } = this.parts;
    const follow = (): void => {
      if (broker.leads) intake.start();
      else void intake.stop();
    };
    // A change is no reason to leave clients without a snapshot until the next tick.
    broker.onChange(() => {
      if (this.#isStopped) return;
      follow();
      void this.#beat(bounds.sourceLimit);
    });
    follow();
    const stop = clock.every(bounds.tick, () => void this.#beat(bounds.sourceLimit));
    return () => {
      this.#isStopped = true;
      stop();
    };
  }

  /** The first snapshot: it is given more time than the later ones. */
  first(): Promise<void> {
    return this.#beat(this.parts.bounds.firstSourceLimit);
  }

  /** Never rejects. One that takes longer than a tick leaves the next one out. */
  async #beat(limit: number): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const { broker } = this.parts;
    try {
      if (broker.leads || broker.state === 'degraded') await this.#lead(limit);
      else await this.parts.share();
    } catch (error) {
      // What could not be published now is old when it could.
      if (!(error instanceof Unpublished)) this.parts.log(`no snapshot: ${String(error).slice(0, 200)}`);
    } finally {
      this.#busy = false;
    }
  }

  async #lead(limit: number): Promise<void> {
    const { aggregator, broker, clock, intake, log } = this.parts;
    const collected = await aggregator.collect(limit);
    const snapshot = { ...collected, stale: { ...collected.stale, ...intake.stale(), ...broker.stale() } };
    await broker.show('metrics', snapshotJson(snapshot));
    const alert = this.#alarm.check(freshCpu(snapshot), clock.now(), snapshot.timestamp);
    if (alert === undefined) return;
    // It may have to wait for the others, which the next snapshot does not.
    broker.publish('alert', JSON.stringify(alert)).catch((error: unknown) => log(`an alert is lost: ${String(error)}`));
  }
}

const freshCpu = ({ parts, stale }: Snapshot): number | undefined => {
  const usage = 'cpu' in stale ? undefined : parts['infrastructure']?.['cpu_usage'];
  return typeof usage === 'number' ? usage : undefined;
};
