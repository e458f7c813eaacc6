/** Runs in the page: lets itself be flooded, looks at what its widgets show in the end, and reports. */

/** How long after the last message the widgets may take to show it. Milliseconds. */
const PATIENCE = 5_000;

const report = {
  /** Samples that `rt-message` brought, and the messages that it says were dropped. */
  received: 0,
  dropped: 0,
  sent: 0,
  /** Numbers that did not follow the one before: where nothing was dropped there are none. */
  breaks: 0,
  newest: 0,
  events: 0,
  mostMessagesAnEvent: 0,
  /** Before the flood. */
  calmFramesASecond: 0,
  /** Between the first sample and the last: seconds, frames, and the longest time between two of them in milliseconds. */
  seconds: 0,
  frames: 0,
  longestFrame: 0,
  cards: [],
  chartRows: 0,
  chartLast: '',
  chartDropped: 0,
  /** Answers to a question that the page asked itself every 50 ms, and the slowest in milliseconds. */
  slowestAnswer: 0,
  problems: [],
};

addEventListener('error', ({ message }) => report.problems.push(message));
addEventListener('unhandledrejection', ({ reason }) => report.problems.push(String(reason)));
addEventListener('rt-error', ({ detail }) => report.problems.push(detail.message));

let first;
let last;

const take = (sample) => {
  if (sample.n !== report.newest + 1) report.breaks++;
  report.newest = sample.n;
  report.received++;
};

const frame = (before) => {
  requestAnimationFrame((now) => {
    if (first !== undefined && last === undefined) {
      report.frames++;
      report.longestFrame = Math.max(report.longestFrame, now - before);
    }
    if (last === undefined) frame(now);
  });
};

/** How smoothly this browser runs here and now while nothing happens. */
const calm = async () => {
  const began = performance.now();
  let frames = 0;
  while (performance.now() - began < 500) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    frames++;
  }
  return frames / ((performance.now() - began) / 1_000);
};

const ask = () => {
  const asked = performance.now();
  setTimeout(() => {
    if (first !== undefined) report.slowestAnswer = Math.max(report.slowestAnswer, performance.now() - asked - 50);
    if (last === undefined) ask();
  }, 50);
};

const ended = new Promise((resolve) => {
  addEventListener('rt-message', ({ detail: { messages, dropped } }) => {
    first ??= performance.now();
    report.events++;
    report.dropped += dropped;
    report.mostMessagesAnEvent = Math.max(report.mostMessagesAnEvent, messages.length);
    for (const { channel, data } of messages) {
      if (channel === 'end') {
        report.sent = data.sent;
        last = performance.now();
        resolve();
      } else if (Array.isArray(data)) data.forEach(take);
      else take(data);
    }
  });
});

const look = () => {
  const chart = document.querySelector('rt-line-chart');
  const rows = chart.toCSV().trimEnd().split('\r\n');
  report.cards = [...document.querySelectorAll('rt-metric-card')].map((card) =>
    card.shadowRoot.querySelector("[part='value']").textContent.replaceAll(',', ''),
  );
  report.chartRows = rows.length - 1;
  report.chartLast = rows.at(-1);
  report.chartDropped = chart.dropped;
};

const settled = async () => {
  const limit = performance.now() + PATIENCE;
  do {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    look();
  } while (!(Number(report.cards[0]) === report.newest) && performance.now() < limit);
};

await customElements.whenDefined('rt-line-chart');
await document.querySelector('rt-line-chart').updateComplete;
report.calmFramesASecond = await calm();
frame(performance.now());
ask();
document.querySelector('rt-feed').src = `/ws${location.search}`;
await ended;
report.seconds = (last - first) / 1_000;
await settled();
await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
