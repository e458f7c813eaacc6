/**
 * The script of `dist/embed.html`: makes one widget and its feed of the query, and tells the height. Runs after the
 * classic script, in whose registry it finds the elements: so it needs no module, which a sandboxed frame could not fetch.
 * Parameters become text of attributes, and `src` an address only after it was judged; it listens to no message.
 */
import { browserEnv } from '../kernel/browser-env.js';
import { tellHeight } from './page-height.js';
import {
  readContent,
  readLook,
  readParameters,
  WIDGETS,
  type Content,
  type Look,
  type Observed,
  type Piece,
} from './page-query.js';
import { readOrigins, readSource, shorten } from './page-source.js';

const EXAMPLE = '?widget=metric-card&src=/events&field=infrastructure.cpu_usage&label=CPU&unit=%25&indicator';

const STYLES = `
:root { background: transparent; }
body { margin: 0; font-family: var(--rt-font, system-ui, sans-serif); }
main { display: flex; flex-direction: column; gap: 8px; padding: 3px; }
footer { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; }
p {
  margin: 0; padding: 12px 14px; border: 1px solid light-dark(#c3cad2, #454d57); border-radius: 10px;
  background: light-dark(#fff, #16191d); color: light-dark(#1b1f24, #e8eaed);
  font-size: 0.875rem; line-height: 1.5; overflow-wrap: anywhere;
}
a { color: light-dark(#0b66c3, #6cb2ff); }
`;

/** What is shown takes the height that the frame has; where that is too little, it scrolls. */
const FILLING = `
html, body { block-size: 100%; }
main { box-sizing: border-box; block-size: 100%; }
.widget { flex: 1 0 auto; }
rt-line-chart.widget { flex: 1 1 0; min-block-size: 140px; }
`;

const warn = (sentence: string): void => browserEnv.warn(`rt-widgets: ${sentence}`);

/** What a class of ours observes; nothing where the tag is not ours, or not there. */
const observedBy = (tag: string): Observed => {
  const constructor: (CustomElementConstructor & Partial<LitLike>) | undefined = customElements.get(tag);
  const properties = [...(constructor?.elementProperties ?? [])];
  return {
    attributes: new Set(constructor?.observedAttributes),
    booleans: new Set(properties.flatMap(([, { attribute, type }]) => (type === Boolean ? [String(attribute)] : []))),
  };
};

/** What Lit's classes tell of themselves. */
interface LitLike {
  readonly observedAttributes: readonly string[];
  readonly elementProperties: ReadonlyMap<PropertyKey, { readonly attribute?: unknown; readonly type?: unknown }>;
}

const make = ({ tag, attributes, children }: Piece): HTMLElement => {
  const element = document.createElement(tag);
  for (const [name, value] of attributes) element.setAttribute(name, value);
  element.append(...children.map(make));
  return element;
};

const applyLook = ({ lang, dir, timeZone, colorScheme, height, problems }: Look): void => {
  const root = document.documentElement;
  if (lang !== undefined) root.lang = lang;
  if (dir !== undefined) root.dir = dir;
  if (timeZone !== undefined) root.setAttribute('time-zone', timeZone);
  document.querySelector('meta[name="color-scheme"]')?.setAttribute('content', colorScheme);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(height === 'frame' ? STYLES + FILLING : STYLES);
  document.adoptedStyleSheets.push(sheet);
  problems.forEach(warn);
};

/** A second wall, which redirects do not climb: the browser itself connects to nothing else from here on. */
const closeOthers = (allowed: ReadonlySet<string>): void => {
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = `connect-src ${allowed.size === 0 ? "'none'" : [...allowed].join(' ')}`;
  document.head.append(meta);
};

const contentOf = ({ feed, widget, foot, title, unknown }: Content): HTMLElement => {
  document.title = title;
  if (unknown.length > 0) {
    const names = unknown.map((name) => `"${shorten(name)}"`).slice(0, 10);
    warn(`embed.html knows no parameter ${names.join(', ')} for <${widget.tag}>; what it does not know it leaves out.`);
  }
  const shown = make(widget);
  shown.className = 'widget';
  const root = make(feed);
  root.append(shown);
  if (foot.length > 0) {
    const below = document.createElement('footer');
    below.append(...foot.map(make));
    root.append(below);
  }
  return root;
};

/** Told to whoever builds the page, as all mistakes are: in English. */
const sentence = (...parts: readonly (string | Node)[]): HTMLElement => {
  const paragraph = document.createElement('p');
  paragraph.lang = 'en';
  paragraph.dir = 'ltr';
  paragraph.append(...parts);
  return paragraph;
};

const refusal = (text: string): HTMLElement => {
  warn(text);
  const paragraph = sentence(text);
  paragraph.setAttribute('role', 'alert');
  return paragraph;
};

const help = (): HTMLElement => {
  const link = document.createElement('a');
  link.href = EXAMPLE;
  link.textContent = `embed.html${EXAMPLE}`;
  return sentence(
    `This page shows one live widget inside a frame. Its address says which: widget= with one of ${WIDGETS.join(', ')}; ` +
      'src= where the data comes from; and the attributes of both by their names. An example: ',
    link,
  );
};

const fill = (): HTMLElement => {
  const parameters = readParameters(location.search);
  applyLook(readLook(parameters));
  const list = [...document.querySelectorAll<HTMLMetaElement>('meta[name="rt-origins"]')].map(({ content }) => content);
  const origins = readOrigins(list.join(' '), location.href);
  origins.problems.forEach(warn);
  closeOthers(origins.allowed);
  if (parameters.length === 0) return help();
  if (customElements.get('rt-feed') === undefined) {
    return refusal('rt-widgets.classic.js was not loaded: it has to lie beside embed.html. Nothing is shown.');
  }
  const content = readContent(parameters, observedBy, (src) => readSource(src, location.href, origins));
  return content.ok ? contentOf(content.value) : refusal(content.problem);
};

const start = (): void => {
  const main = document.querySelector('main');
  if (main === null) return;
  main.replaceChildren(fill());
  if (readLook(readParameters(location.search)).height === 'content') tellHeight(main);
};

start();
