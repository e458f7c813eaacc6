/** The switch between transports: it changes two attributes of the feed, and nothing else. */
const SOURCES = { polling: '/api/metrics', sse: '/events', websocket: '/ws' };

const feed = document.getElementById('feed');

document.getElementById('transport').addEventListener('change', ({ target }) => {
  feed.setAttribute('transport', target.value);
  feed.setAttribute('src', SOURCES[target.value]);
});
