/**
 * What widgets show of a connection: the same, but a connection that is lost is shown as lost only after 1.5 s, so that
 * a cut that is over by then does not flicker.
 */
import type { Disposer } from '../kernel/disposer.js';
import type { Env } from '../kernel/env.js';
import type { ConnectionView } from '../feed/connection.js';
import type { ShownFeed } from './feed-port.js';

const PATIENCE = 1_500;

const isPassing = ({ status }: ConnectionView): boolean =>
  status === 'connecting' || status === 'reconnecting' || status === 'offline';

export class ShownStatus {
  #shown: ShownFeed;
  #real: ConnectionView;
  #timer: Disposer | undefined;

  constructor(
    private readonly env: Env,
    view: ConnectionView,
    private readonly changed: () => void,
  ) {
    this.#shown = this.#real = view;
  }

  get view(): ShownFeed {
    return this.#shown;
  }

  update(view: ConnectionView): void {
    this.#real = view;
    if (this.#shown.status === 'connected' && isPassing(view)) {
      this.#timer ??= this.env.timer(() => this.#show(), PATIENCE);
    } else {
      this.#show();
    }
  }

  dispose(): void {
    this.#timer?.();
  }

  #show(): void {
    this.#timer?.();
    this.#timer = undefined;
    const { status, transport, attempt, retryAt } = this.#shown;
    const next = this.#real;
    this.#shown = next;
    const same =
      status === next.status && transport === next.transport && attempt === next.attempt && retryAt === next.retryAt;
    if (!same) this.changed();
  }
}
