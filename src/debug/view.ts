/**
 * What a section of the debug overlay looks like, and every word in it: plain English, as it is for authors. Pure:
 * from what it is given to a template. All that comes from the wire is set as text, in the direction that it has, and
 * no more of it than fits.
 */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { formatElapsed } from '../format/age.js';
import { formatValue } from '../format/number.js';
import type {
  InspectedBuffer,
  InspectedChannel,
  InspectedSource,
  Inspection,
  LoggedError,
} from '../kernel/inspection.js';
import { css } from './css.js';
import type { Rates } from './rates.js';

export const WORDS = {
  title: 'rt-widgets debug',
  unnamed: 'Feed without an address',
  copy: 'Copy report',
  copied: 'Copied',
  close: 'Close',
  report: 'Report',
  hideReport: 'Hide report',
  copyByHand: 'The browser does not let this page copy. The report is selected: copy it by hand.',
  live: 'Values live',
  stale: 'Values stale',
  paused: 'Paused',
  alone: 'Connection of its own',
  sharedBy: (count: number): string => `Connection shared by ${count} feeds`,
  version: (version: string): string => `Version ${version}`,
  rates: 'Rates',
  rateNames: {
    messages: 'messages/s',
    bytes: 'over the wire',
    flushes: 'flushes/s',
    frames: 'frames/s',
    longestTask: 'longest task',
  },
  total: (messages: string, bytes: string, flushes: string): string =>
    `In all ${messages} messages and ${flushes} flushes; ${bytes} on this connection.`,
  sources: 'Sources',
  noSources: 'None: what is shown is pushed by a script.',
  roles: { used: 'used', probed: 'tried', aside: 'aside' },
  state: 'State',
  transport: 'Transport',
  undecided: 'not decided',
  attempt: (count: number): string => `retry ${count}`,
  retryIn: (time: string): string => `next in ${time}`,
  lastByte: 'Last byte',
  never: 'none yet',
  ago: (time: string): string => `${time} ago`,
  facts: 'Facts',
  channels: 'Channels',
  noChannels: 'Nothing has been heard yet.',
  more: (count: string): string => `and ${count} more, all of them in the report`,
  channelColumns: ['Channel', 'Last heard', 'Usual gap', 'Values'],
  buffers: 'Buffers',
  used: (used: string, limit: string): string => `${used} of ${limit}`,
  errors: 'Errors',
  noErrors: 'None.',
  errorList: 'Errors, newest first',
  fatal: 'final',
  unknown: '–',
} as const;

/** How many channels are shown; the report has all. */
const SHOWN_CHANNELS = 50;

/** How much of a name or a sentence is shown, in characters; the report has all. */
const SHOWN_LENGTH = 300;

/** From this part of its bound on, a buffer is worth a look. */
const NEARLY_FULL = 0.8;

export interface SectionModel {
  /** Unique in the panel. */
  readonly id: string;
  readonly name: string;
  readonly isOpen: boolean;
  readonly isCopied: boolean;
  /** A report to copy by hand. */
  readonly report: string | undefined;
  readonly inspection: Inspection;
  readonly rates: Rates;
  readonly onToggle: () => void;
  readonly onCopy: () => void;
  readonly onHideReport: () => void;
  readonly onClose: () => void;
}

export const sectionView = (model: SectionModel): TemplateResult => {
  const { id, name, isOpen, isCopied, inspection, onToggle, onCopy, onClose } = model;
  return html`
    <header>
      <h2>
        <button
          type="button"
          class="toggle"
          title=${cut(name)}
          aria-expanded=${isOpen ? 'true' : 'false'}
          aria-controls=${`${id}-body`}
          @click=${onToggle}
        >
          <span class="arrow" aria-hidden="true"></span><bdi id=${id}>${cut(name)}</bdi>
        </button>
      </h2>
      <span class=${`status ${toneOf(inspection)}`}>${inspection.status}</span>
      <button type="button" class="copy" @click=${onCopy}>${isCopied ? WORDS.copied : WORDS.copy}</button>
      <button type="button" class="close" aria-label=${WORDS.close} title=${WORDS.close} @click=${onClose}>✕</button>
    </header>
    <div id=${`${id}-body`} class="body" ?hidden=${!isOpen}>${isOpen ? bodyView(model) : nothing}</div>
  `;
};

const bodyView = ({ inspection, rates, report, onHideReport }: SectionModel): TemplateResult => {
  const { version, freshness, paused, sharedBy, sources, channels, buffers, errors } = inspection;
  const summary = [
    WORDS[freshness],
    ...(paused ? [WORDS.paused] : []),
    sharedBy > 1 ? WORDS.sharedBy(sharedBy) : WORDS.alone,
    WORDS.version(version),
  ];
  return html`
    ${report === undefined ? nothing : reportView(report, onHideReport)}
    <p class="muted">${summary.join(' · ')}</p>
    <h3>${WORDS.sources}</h3>
    ${sources.length === 0 ? html`<p class="muted">${WORDS.noSources}</p>` : sources.map(sourceView)}
    <h3>${WORDS.rates}</h3>
    ${ratesView(inspection, rates)}
    <h3>${WORDS.channels} <span class="count">${integer(channels.length)}</span></h3>
    ${channels.length === 0 ? html`<p class="muted">${WORDS.noChannels}</p>` : channelsView(channels)}
    <h3>${WORDS.buffers}</h3>
    <ul class="buffers">
      ${buffers.map(bufferView)}
    </ul>
    <h3>${WORDS.errors} <span class="count">${integer(errors.length)}</span></h3>
    ${errors.length === 0 ? html`<p class="muted">${WORDS.noErrors}</p>` : errorsView(errors)}
  `;
};

const reportView = (report: string, onHide: () => void): TemplateResult => html`
  <div class="report">
    <p>${WORDS.copyByHand}</p>
    <textarea readonly rows="6" aria-label=${WORDS.report} .value=${report}></textarea>
    <button type="button" @click=${onHide}>${WORDS.hideReport}</button>
  </div>
`;

const sourceView = (source: InspectedSource): TemplateResult => {
  const { address, transport, role, phase, attempt, retryIn, silence, facts } = source;
  const state = [
    phase,
    ...(attempt > 0 ? [WORDS.attempt(attempt)] : []),
    ...(retryIn === undefined ? [] : [WORDS.retryIn(duration(retryIn))]),
  ];
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return html`
    <div class=${`source ${role}`}>
      <p class="address"><span class="tag">${WORDS.roles[role]}</span> <bdi>${cut(address)}</bdi></p>
      <dl>
        <div>
          <dt>${WORDS.state}</dt>
          <dd>${state.join(' · ')}</dd>
        </div>
        <div>
          <dt>${WORDS.transport}</dt>
          <dd>${transport ?? WORDS.undecided}</dd>
        </div>
        <div>
          <dt>${WORDS.lastByte}</dt>
          <dd>${silence === undefined ? WORDS.never : WORDS.ago(duration(silence))}</dd>
        </div>
        ${
          known.length === 0
            ? nothing
            : html`<div class="facts">
                <dt>${WORDS.facts}</dt>
                <dd>
                  ${known.map(([name, value]) => html`<span class="fact">${name} <b>${factOf(value)}</b></span> `)}
                </dd>
              </div>`
        }
      </dl>
    </div>
  `;
};

const ratesView = ({ messages, bytes, flushes }: Inspection, rates: Rates): TemplateResult => {
  const tile = (name: string, value: string): TemplateResult =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  const names = WORDS.rateNames;
  return html`
    <dl class="rates">
      ${tile(names.messages, perSecond(rates.messages))}
      ${tile(names.bytes, rates.bytes === undefined ? WORDS.unknown : `${size(rates.bytes)}/s`)}
      ${tile(names.flushes, perSecond(rates.flushes))} ${tile(names.frames, perSecond(rates.frames))}
      ${tile(names.longestTask, rates.longestTask === 0 ? '< 50 ms' : duration(rates.longestTask))}
    </dl>
    <p class="muted">${WORDS.total(integer(messages), size(bytes), integer(flushes))}</p>
  `;
};

const channelsView = (channels: readonly InspectedChannel[]): TemplateResult => {
  const staleFirst = [...channels].sort((a, b) => Number(a.freshness === 'live') - Number(b.freshness === 'live'));
  const rest = channels.length - SHOWN_CHANNELS;
  return html`
    <table>
      <thead>
        <tr>
          ${WORDS.channelColumns.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${staleFirst.slice(0, SHOWN_CHANNELS).map(
          ({ name, silence, usualGap, freshness }) =>
            html`<tr>
              <th scope="row"><bdi>${cut(name)}</bdi></th>
              <td>${WORDS.ago(duration(silence))}</td>
              <td>${duration(usualGap)}</td>
              <td class=${freshness === 'live' ? 'good' : 'warning'}>${freshness}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${rest > 0 ? html`<p class="muted">${WORDS.more(integer(rest))}</p>` : nothing}
  `;
};

const bufferView = ({ name, used, limit }: InspectedBuffer): TemplateResult => {
  if (limit === undefined) return html`<li><span>${name}</span><span class="amount">${integer(used)}</span></li>`;
  const part = limit > 0 ? Math.min(1, used / limit) : 0;
  const text = WORDS.used(integer(used), integer(limit));
  // A part of a bar is no wider than its number: a picture takes it as an attribute, where a style would need leave.
  return html`<li class=${part >= NEARLY_FULL ? 'warning' : ''}>
    <span>${name}</span>
    <span class="amount" aria-hidden="true">${text}</span>
    <span
      role="meter"
      aria-label=${name}
      aria-valuemin="0"
      aria-valuemax=${limit}
      aria-valuenow=${Math.min(used, limit)}
      aria-valuetext=${text}
      ><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<rect width=${100 * part} height="4"></rect>`}
      </svg></span
    >
  </li>`;
};

const errorsView = (errors: readonly LoggedError[]): TemplateResult => html`
  <div class="errors" role="group" aria-label=${WORDS.errorList} tabindex="0">
    <ol>
      ${repeat([...errors].reverse(), (error) => error, errorView)}
    </ol>
  </div>
`;

const errorView = ({ at, code, message, fatal }: LoggedError): TemplateResult => html`
  <li>
    <time datetime=${new Date(at).toISOString()}>${TIME.format(at)}</time>
    <code>${code}</code>${fatal ? html` <span class="tag critical">${WORDS.fatal}</span>` : nothing}
    <bdi>${cut(message, 2 * SHOWN_LENGTH)}</bdi>
  </li>
`;

const toneOf = ({ status }: Inspection): string => {
  switch (status) {
    case 'connected':
      return 'good';
    case 'reconnecting':
    case 'offline':
      return 'warning';
    case 'error':
      return 'critical';
    default:
      return 'neutral';
  }
};

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const INTEGER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const integer = (count: number): string => INTEGER.format(count);

const perSecond = (rate: number | undefined): string => {
  if (rate === undefined) return WORDS.unknown;
  return rate === 0 || rate >= 10 ? integer(rate) : TENTHS.format(rate);
};

const size = (bytes: number): string => {
  const { text, unit } = formatValue(bytes, { format: 'bytes', lang: 'en' }) ?? { text: String(bytes), unit: 'B' };
  return `${text} ${unit}`;
};

/** From `120 ms` over `4.2 s` to `3 min`. */
const duration = (ms: number | undefined): string => {
  if (ms === undefined) return WORDS.unknown;
  if (ms < 1_000) return `${integer(ms)} ms`;
  return ms < 60_000 ? `${TENTHS.format(ms / 1_000)} s` : formatElapsed(ms, 'en');
};

const factOf = (value: unknown): string => cut(typeof value === 'string' ? value : JSON.stringify(value));

const cut = (text: string, length = SHOWN_LENGTH): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

/**
 * The host's own styles are important, for the page could reach it. It stands at the end of the page's lines, in its
 * colour scheme and the reader's own text size; what is in it is English and runs from left to right.
 */
export const styles = css`
  :host {
    all: initial !important;
    color-scheme: inherit !important;
    position: fixed !important;
    inset-block: auto 12px !important;
    inset-inline: auto 12px !important;
    display: block !important;
    box-sizing: border-box !important;
    width: min(27em, 100vw - 24px) !important;
    max-height: min(44em, 100dvh - 24px) !important;
    overflow: hidden auto !important;
    overscroll-behavior: contain !important;
    border: 1px solid light-dark(#c3c9d1, #434a53) !important;
    border-radius: 10px !important;
    box-shadow: 0 6px 24px rgb(0 0 0 / 0.22) !important;
    background: light-dark(#fff, #16191d) !important;
    color: light-dark(#1b1f24, #e8eaed) !important;
    font:
      medium/1.4 system-ui,
      sans-serif !important;
  }
  section {
    font-size: 0.8125em;
    --_muted: light-dark(#5b6470, #9aa4b0);
    --_line: light-dark(#dfe3e8, #2f353c);
    --_soft: light-dark(#f4f6f8, #1f2429);
    --_accent: light-dark(#0b66c3, #6cb2ff);
    --_good: light-dark(#11703c, #53c784);
    --_warning: light-dark(#8a5300, #f0b04a);
    --_critical: light-dark(#b3261e, #ff8278);
    direction: ltr;
    font-variant-numeric: tabular-nums;
  }
  section + section {
    border-top: 1px solid var(--_line);
  }
  *,
  ::before {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  dl,
  dd,
  ol,
  ul {
    margin: 0;
    padding: 0;
    font: inherit;
    list-style: none;
  }
  bdi,
  dd,
  .fact {
    overflow-wrap: anywhere;
  }
  header {
    position: sticky;
    top: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 6px 6px 6px 4px;
    background: light-dark(#fff, #16191d);
  }
  h2 {
    flex: 1;
    min-width: 0;
  }
  button {
    min-height: 28px;
    padding: 2px 10px;
    border: 1px solid var(--_line);
    border-radius: 6px;
    background: var(--_soft);
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  button:hover {
    border-color: var(--_muted);
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: -1px;
  }
  .toggle {
    display: flex;
    align-items: center;
    gap: 8px;
    width: 100%;
    padding-inline: 8px;
    border-color: transparent;
    background: none;
    font-weight: 600;
    text-align: start;
  }
  .toggle bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .arrow {
    flex: none;
    width: 7px;
    height: 7px;
    border: solid;
    border-width: 0 2px 2px 0;
    color: var(--_muted);
    rotate: -45deg;
  }
  [aria-expanded='true'] .arrow {
    rotate: 45deg;
    translate: 0 -2px;
  }
  .copy {
    flex: none;
    min-width: 7.6em;
  }
  .close {
    flex: none;
    min-width: 28px;
    padding-inline: 6px;
    border-color: transparent;
    background: none;
  }
  .status {
    flex: none;
    color: var(--_tone);
    font-weight: 600;
  }
  .status::before {
    content: '';
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-inline-end: 6px;
    border: 4px solid var(--_tone);
    border-radius: 50%;
  }
  .neutral {
    --_tone: var(--_muted);
  }
  .good {
    --_tone: var(--_good);
  }
  .warning {
    --_tone: var(--_warning);
  }
  .critical {
    --_tone: var(--_critical);
  }
  .body {
    padding: 0 12px 12px;
  }
  .body[hidden] {
    display: none;
  }
  h3 {
    margin: 14px 0 6px;
    font-weight: 600;
  }
  .count {
    color: var(--_muted);
    font-weight: 400;
  }
  .muted,
  dt,
  thead th,
  time {
    color: var(--_muted);
  }
  .report {
    margin-bottom: 10px;
  }
  textarea {
    display: block;
    width: 100%;
    margin: 6px 0;
    padding: 6px 8px;
    border: 1px solid var(--_line);
    border-radius: 6px;
    background: var(--_soft);
    color: inherit;
    font:
      0.923em/1.4 ui-monospace,
      monospace;
    resize: vertical;
  }
  .source {
    padding: 8px 10px;
    border: 1px solid var(--_line);
    border-inline-start-width: 3px;
    border-radius: 6px;
  }
  .source + .source {
    margin-top: 6px;
  }
  .source.used {
    border-inline-start-color: var(--_accent);
  }
  .address {
    margin-bottom: 4px;
  }
  .tag {
    display: inline-block;
    padding: 0 6px;
    border: 1px solid var(--_line);
    border-radius: 4px;
    background: var(--_soft);
    font-size: 0.923em;
  }
  .source dl > div {
    display: grid;
    grid-template-columns: 6em 1fr;
    gap: 8px;
  }
  .fact {
    margin-inline-end: 0.6em;
    color: var(--_muted);
  }
  b {
    color: light-dark(#1b1f24, #e8eaed);
    font-weight: 400;
  }
  .rates {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-bottom: 6px;
  }
  .rates > div {
    display: flex;
    flex: 1 1 7.6em;
    flex-direction: column-reverse;
    padding: 6px 8px;
    border-radius: 6px;
    background: var(--_soft);
  }
  .rates dt {
    font-size: 0.923em;
  }
  .rates dd {
    font-size: 1.154em;
    font-weight: 600;
    white-space: nowrap;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 3px 8px 3px 0;
    border-bottom: 1px solid var(--_line);
    font-weight: 400;
    text-align: start;
    vertical-align: baseline;
  }
  td,
  thead th {
    white-space: nowrap;
  }
  td.good,
  td.warning {
    color: var(--_tone);
  }
  .buffers li {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 3px 8px;
    margin-bottom: 7px;
  }
  .buffers .warning .amount {
    color: var(--_warning);
    font-weight: 600;
  }
  [role='meter'] {
    grid-column: 1 / -1;
    height: 5px;
    overflow: hidden;
    border-radius: 3px;
    background: var(--_line);
  }
  svg {
    display: block;
    width: 100%;
    height: 100%;
  }
  rect {
    fill: var(--_tone, var(--_accent));
  }
  .errors {
    max-height: 15em;
    overflow: auto;
    border: 1px solid var(--_line);
    border-radius: 6px;
  }
  .errors li {
    padding: 6px 10px;
  }
  .errors li + li {
    border-top: 1px solid var(--_line);
  }
  .errors bdi {
    display: block;
  }
  code {
    font:
      0.923em ui-monospace,
      monospace;
    font-weight: 600;
  }
  .tag.critical {
    color: var(--_tone);
  }
  @media (max-width: 480px) {
    :host {
      inset-block: auto 0 !important;
      inset-inline: 0 !important;
      width: 100% !important;
      max-height: 60dvh !important;
      padding-bottom: env(safe-area-inset-bottom) !important;
      border-width: 1px 0 0 !important;
      border-radius: 10px 10px 0 0 !important;
    }
    button {
      min-height: 32px;
    }
  }
  @media (forced-colors: active) {
    [role='meter'] {
      height: 7px;
      border: 1px solid CanvasText;
    }
    rect {
      fill: Highlight;
    }
    .rates > div {
      border: 1px solid CanvasText;
    }
    .status::before,
    .arrow {
      border-color: currentColor;
    }
  }
  @media print {
    :host {
      display: none !important;
    }
  }
`;
