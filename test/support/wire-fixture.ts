/** A session with the wire server for each test of a suite, and a connection to it: both are let go of afterwards. */
import { LiveConnection, type LiveOptions } from './live-connection.js';
import { openWire, type Wire } from './wire.js';

export class WireFixture {
  #wire: Wire | undefined;
  readonly #opened: LiveConnection[] = [];

  /** Call it in the body of `describe`. */
  constructor() {
    beforeEach(async () => {
      this.#wire = await openWire();
    });
    afterEach(() => {
      for (const live of this.#opened.splice(0)) live.connection.dispose();
      this.#wire?.close();
    });
  }

  get wire(): Wire {
    if (this.#wire === undefined) throw new Error('There is a session only while a test runs.');
    return this.#wire;
  }

  connect(
    src: string,
    options?: LiveOptions,
    prepare?: ConstructorParameters<typeof LiveConnection>[2],
  ): LiveConnection {
    const live = new LiveConnection(src, options, prepare);
    this.#opened.push(live);
    return live;
  }
}
