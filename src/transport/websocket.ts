/** One WebSocket, from its opening to its end. */
import { MAX_MESSAGE_LENGTH, MAX_RETRY_HINT } from '../kernel/limits.js';
import { bad, ok, type Result } from '../kernel/result.js';
import type { Env, Socket } from '../kernel/env.js';
import type { AttemptRequest, Transport } from './attempt.js';

const OPEN = 1;

export const websocket: Transport = (request, wire, env) => {
  const made = open(request, env);
  if (!made.ok) {
    queueMicrotask(() => wire.failed({ kind: 'unusable', detail: made.problem }));
    return { send: () => false, close: () => undefined };
  }
  const socket = made.value;
  let opened = false;

  /** A dead socket is let go of at once: its close may take a minute to be told. */
  const drop = (): void => {
    socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
  };

  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    opened = true;
    wire.opened('websocket');
  };
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const length = typeof data === 'string' ? data.length : data.byteLength;
    wire.alive(length);
    if (length > MAX_MESSAGE_LENGTH) wire.overLimit();
    else wire.payload({ data, event: undefined, id: undefined });
  };
  socket.onclose = ({ code, reason }) => {
    drop();
    wire.failed({ kind: 'close', code, reason, retryAfter: retryAfterOf(code, reason), opened });
  };

  return {
    send(data) {
      // One that is closing takes a message and loses it.
      if (socket.readyState !== OPEN) return false;
      socket.send(data);
      return true;
    },
    close(code = 1000, reason = '') {
      drop();
      socket.close(code, reason);
    },
  };
};

/** The constructor throws on an address, or a subprotocol, that it will never open. */
const open = ({ url, protocols }: AttemptRequest, env: Env): Result<Socket> => {
  const address = new URL(url);
  // An `http(s):` address, as a relative one becomes, means the WebSocket beside it.
  address.protocol = address.protocol.replace('http', 'ws');
  address.hash = '';
  try {
    return ok(env.socket(address.href, protocols));
  } catch {
    // The browser's own words quote the protocol, which may be a token.
    return bad('the browser refuses it, or one of the protocols (each one word without spaces, = or /)');
  }
};

/** The reason `{"retryAfter": ms}` of the closes 1012 (restart) and 1013 (overload), bounded. */
const retryAfterOf = (code: number, reason: string): number | undefined => {
  if (code !== 1012 && code !== 1013) return undefined;
  try {
    const said: unknown = JSON.parse(reason);
    const ms = typeof said === 'object' && said !== null && 'retryAfter' in said ? said.retryAfter : undefined;
    return typeof ms === 'number' && ms >= 0 ? Math.min(ms, MAX_RETRY_HINT) : undefined;
  } catch {
    return undefined;
  }
};
