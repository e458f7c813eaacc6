/** Every bound of the server in one place: what it holds, how much it takes in, and how long it waits. */

const KIB = 1_024;
const MIB = 1_024 * KIB;

export const defaultBounds = {
  /** Event streams, WebSockets and long polls together, in all and from one address. */
  clients: 10_000,
  clientsPerAddress: 1_000,
  /** TCP connections, in all and from one address: idle ones and short requests too. */
  connections: 12_000,
  connectionsPerAddress: 2_000,
  /** Requests from one address in one second. */
  requestsPerSecond: 2_000,
  /** Bytes waiting for one client; past it the client is cut. */
  bufferedBytes: MIB,
  /** One WebSocket message from a client, and one body of a POST. */
  messageBytes: MIB,
  bodyBytes: 256 * KIB,
  subscriptionsPerSocket: 1_000,
  /** Recent events that are kept for clients that come back: of one channel, and of all. */
  logEvents: 1_000,
  logBytes: 4 * MIB,
  logChannels: 256,
  logBytesInAll: 64 * MIB,
  /** The log that instances share, of all channels: events, bytes, milliseconds. */
  sharedEvents: 10_000,
  sharedBytes: 32 * MIB,
  sharedAge: 900_000,
  /** What waits to be published while there is nobody to share it with. */
  outboxMessages: 1_000,
  outboxBytes: 16 * MIB,
  /** One answer to a long poll; a single event that is longer goes alone. */
  pollBytes: MIB,
  /** Milliseconds. */
  tick: 1_000,
  sourceLimit: 800,
  /** The first readings at the start: some measure over a while, and the machine is busy. */
  firstSourceLimit: 2_000,
  streamHeartbeat: 15_000,
  replayStall: 10_000,
  socketPing: 30_000,
  /** How long a poll is held when there is nothing new. */
  pollHold: 25_000,
  headers: 10_000,
  request: 15_000,
  responseStall: 30_000,
  keepAlive: 20_000,
  connectionCheck: 1_000,
  drain: 1_000,
  /** How long a POST waits for its event to be published before it is answered that it is queued. */
  publishWait: 1_000,
  /** How long an instance leads without renewing that it does, how often it does, and how long Redis may take to answer. */
  lease: 1_500,
  leaseBeat: 400,
  redisAnswer: 2_000,
  /** How long an instance that says nothing is counted. */
  countersAge: 3_000,
  /** Clients a second that a restarted server takes back: what the hints of a shutdown are spread over. */
  acceptRate: 5_000,
};

export type Bounds = Readonly<typeof defaultBounds>;
