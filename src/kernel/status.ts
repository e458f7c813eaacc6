/** How a message travels. */
export type TransportName = 'websocket' | 'sse' | 'long-polling' | 'polling';

/** What an author may choose: a transport, or `auto` (the address and the server's answer decide). */
export type TransportChoice = TransportName | 'auto';

/**
 * A feed's connection, in one word.
 *
 * `idle`: nothing to do yet. `connecting`: the first attempt. `connected`: it works. `reconnecting`: lost, and being
 * tried again. `offline`: the same while the browser says there is no network. `error`: needs a change, time or
 * `reconnect()`. `disconnected`: by request.
 */
export type Status = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'error' | 'disconnected';
