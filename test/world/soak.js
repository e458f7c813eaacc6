/** Runs in the page that is soaked: counts what its feeds took in. Keeps nothing else, unless it is asked to leak. */

const soak = {
  /** Messages that `rt-message` brought, and those that it says were dropped. */
  received: 0,
  dropped: 0,
  /** How often a feed connected. */
  connected: 0,
  /** Errors that no reconnect explains. */
  problems: 0,
  /** What a page that leaks keeps. */
  kept: [],
};
globalThis.soak = soak;

/** What a page may do wrong, by the name in its address: `/?leak=numbers`. */
const LEAKS = {
  /** Keeps one number of each message. */
  numbers: () =>
    addEventListener('rt-message', ({ detail }) => {
      for (const { data } of detail.messages) soak.kept.push(data.n);
    }),
  /** Listens anew after each connection. */
  listeners: () =>
    addEventListener('rt-status', ({ detail }) => {
      if (detail.status === 'connected') addEventListener('resize', () => soak.received);
    }),
  /** Makes elements for each connection, and never shows them. */
  elements: () =>
    addEventListener('rt-status', ({ detail }) => {
      if (detail.status === 'connected') for (let n = 0; n < 5; n++) soak.kept.push(document.createElement('p'));
    }),
};

addEventListener('error', () => soak.problems++);
addEventListener('unhandledrejection', () => soak.problems++);
addEventListener('rt-error', ({ detail }) => {
  if (detail.code !== 'network' && detail.code !== 'history-gap') soak.problems++;
});
addEventListener('rt-status', ({ detail }) => {
  if (detail.status === 'connected') soak.connected++;
});
addEventListener('rt-message', ({ detail }) => {
  soak.received += detail.messages.length;
  soak.dropped += detail.dropped;
});

LEAKS[new URLSearchParams(location.search).get('leak')]?.();
