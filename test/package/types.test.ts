/** Types, as a project that has installed the package sees them: what is right passes, what is wrong is an error. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { codeBlocksOf } from '../support/markdown.js';
import { packed } from './packed.js';

const RESOLUTIONS: Readonly<Record<string, ts.CompilerOptions>> = {
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
};

/**
 * Compiles a file in a project of its own and returns the errors. A wrong line is preceded by `@ts-expect-error`: where the
 * compiler finds nothing wrong with it, that is an error, too. Our own types are checked as well (`skipLibCheck: false`).
 */
const compile = (name: string, code: string, options: ts.CompilerOptions): string[] => {
  const file = join(packed().folder, name);
  writeFileSync(file, code);
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).map(({ file: at, start, messageText }) => {
    const line = at === undefined || start === undefined ? 0 : at.getLineAndCharacterOfPosition(start).line + 1;
    return `${at?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
};

const TAGS = {
  RtConnectionIndicator: 'rt-connection-indicator',
  RtFeed: 'rt-feed',
  RtLineChart: 'rt-line-chart',
  RtMetricCard: 'rt-metric-card',
  RtPauseButton: 'rt-pause-button',
  RtSeries: 'rt-series',
  RtSource: 'rt-source',
  RtThreshold: 'rt-threshold',
};

/** Holds only where both are the same type. */
const SAME = `type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;
`;

const ELEMENTS = `${SAME}
${Object.entries(TAGS)
  .map(
    ([name, tag]) => `const a${name} = document.querySelector('${tag}');
same<typeof a${name}, ${name} | null>(true);
same<ReturnType<typeof make${name}>, ${name}>(true);
function make${name}() { return document.createElement('${tag}'); }`,
  )
  .join('\n')}
`;

const EVENTS = `${SAME}
declare const feed: RtFeed;
for (const target of [feed, document.body] as const) {
  target.addEventListener('rt-status', (event) => same<typeof event, CustomEvent<StatusDetail>>(true));
}
document.addEventListener('rt-status', ({ detail: { status, retryAt } }) => {
  same<typeof status, Status>(true);
  same<typeof retryAt, number | null>(true);
});
window.addEventListener('rt-freshness', ({ detail }) => same<typeof detail, FreshnessDetail>(true));
window.addEventListener('rt-message', ({ detail }) => same<typeof detail.messages, readonly Message[]>(true));
document.addEventListener('rt-error', ({ detail }) => same<typeof detail.code, ErrorCode>(true));
// @ts-expect-error A status has no such field.
feed.addEventListener('rt-status', ({ detail }) => detail.statos);
feed.headers = async () => ({ authorization: 'Bearer x' });
feed.decode = ({ data }) => (typeof data === 'string' ? data.split(',') : []);
// @ts-expect-error Headers are texts.
feed.headers = { a: 1 };
// @ts-expect-error The status is read.
feed.status = 'connected';
setStrings('fr', { connected: 'Connecté' });
// @ts-expect-error There is no such word.
setStrings('fr', { conected: 'Connecté' });
`;

describe('the types of the package', () => {
  for (const [name, options] of Object.entries(RESOLUTIONS)) {
    it(`are found by moduleResolution ${name}, and know every tag and event`, () => {
      const imports = `import { setStrings } from 'rt-widgets';
import type { ErrorCode, FreshnessDetail, Message, Status, StatusDetail, ${Object.keys(TAGS).join(', ')} } from 'rt-widgets';\n`;
      expect(compile(`all-${name}.ts`, imports + ELEMENTS + EVENTS.replace(SAME, ''), options)).to.deep.equal([]);
    });

    it(`are found by moduleResolution ${name} from 'rt-widgets/define' and from one element`, () => {
      const defined = `import 'rt-widgets/define';
const late: number = document.querySelector('rt-feed')?.latest('metrics', 'cpu') as number;
// @ts-expect-error A card has no such method.
document.querySelector('rt-metric-card')?.reconnect();
export { late };
`;
      const one = `import { RtMetricCard } from 'rt-widgets/elements/rt-metric-card.js';
RtMetricCard.define('my-card');
// @ts-expect-error There is no such element.
import 'rt-widgets/elements/rt-metriccard.js';
`;
      expect(compile(`define-${name}.ts`, defined, options)).to.deep.equal([]);
      expect(compile(`one-${name}.ts`, one, options)).to.deep.equal([]);
    });
  }

  it('come with the very lines of the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    const [, lines] = /```[jt]s\n(import 'rt-widgets\/define';[^]*?)```/.exec(readme) ?? [];
    expect(lines).to.be.a('string');
    for (const [name, options] of Object.entries(RESOLUTIONS)) {
      expect(compile(`readme-${name}.ts`, `${lines ?? ''}\nexport {};\n`, options)).to.deep.equal([]);
    }
  });

  it(`know events and methods where 'rt-widgets/define' is all that is imported`, () => {
    const code = `import 'rt-widgets/define';
const feed = document.querySelector('rt-feed');
feed?.reconnect();
document.addEventListener('rt-error', ({ detail: { message } }) => message.toUpperCase());
const card = document.querySelector('rt-metric-card');
if (card !== null) card.label = 'CPU';
`;
    for (const [name, options] of Object.entries(RESOLUTIONS)) {
      expect(compile(`alone-${name}.ts`, code, options)).to.deep.equal([]);
    }
  });
});

/** What our types ask of each framework's own, and what the compiler asks of them: as small as it can be. */
const FRAMEWORKS = {
  react: {
    module: 'react',
    types: `export interface HTMLAttributes<T> { className?: string; color?: string; children?: unknown; onClick?: (event: { currentTarget: T }) => void }
export type DetailedHTMLProps<A, T> = A & { key?: string; ref?: { current: T | null } };
export namespace JSX {
  type Element = object;
  interface IntrinsicElements { div: HTMLAttributes<HTMLDivElement> }
  interface ElementChildrenAttribute { children: object }
}
`,
    event: 'onrt-status',
  },
  preact: {
    module: 'preact',
    types: `export namespace JSX {
  type Element = object;
  interface HTMLAttributes<T> { class?: string; children?: unknown; onClick?: (event: { currentTarget: T }) => void }
  interface IntrinsicElements { div: HTMLAttributes<HTMLDivElement> }
  interface ElementChildrenAttribute { children: object }
}
`,
    event: 'onrt-status',
  },
  solid: {
    module: 'solid-js',
    types: `export namespace JSX {
  type Element = object;
  interface HTMLAttributes<T> { class?: string; children?: unknown; onClick?: (event: { currentTarget: T }) => void }
  interface IntrinsicElements { div: HTMLAttributes<HTMLDivElement> }
  interface ElementChildrenAttribute { children: object }
}
`,
    event: 'on:rt-status',
  },
} as const;

const page = (name: string, event: string): string => `import type {} from 'rt-widgets/jsx/${name}';
export const right = (
  <div>
    <rt-feed src="/events" transport="sse" max-interval="5s" paused ${event}={(e) => e.detail.status.length + e.target.channels.length} onClick={(e) => e.currentTarget.reconnect()}>
      <rt-metric-card label="CPU" decimals={2} format="bytes" stale-after="5s"></rt-metric-card>
      <rt-line-chart fields="cpu" window="60s" no-legend>
        <rt-series field="cpu" color="red"></rt-series>
      </rt-line-chart>
    </rt-feed>
  </div>
);
// @ts-expect-error No such transport.
export const value = <rt-feed transport="server-sent" />;
// @ts-expect-error No such attribute.
export const attribute = <rt-feed transprt="sse" />;
// @ts-expect-error No such value of an attribute with a hyphen.
export const hyphen = <rt-feed ${name === 'solid' ? 'attr:' : ''}when-hidden="stop" />;
// Any name with a hyphen is taken: the script itself tells of it.
export const misspelt = <rt-feed when-hiden="keep" />;
// @ts-expect-error Not the detail of this event.
export const event = <rt-feed ${event}={(e: CustomEvent<number>) => e.detail} />;
// @ts-expect-error No such tag.
export const tag = <rt-metriccard />;
`;

describe('the types for JSX', () => {
  before(() => {
    for (const { module, types } of Object.values(FRAMEWORKS)) {
      const folder = join(packed().folder, 'node_modules', module);
      const files = {
        'package.json': JSON.stringify({ name: module, types: 'index.d.ts' }),
        'index.d.ts': types,
        'jsx-runtime.d.ts': `export { JSX } from './index.js';\n`,
      };
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      }
    }
  });

  for (const [name, { module, event }] of Object.entries(FRAMEWORKS)) {
    it(`of ${name} take what is right, and nothing else`, () => {
      const options = { ...RESOLUTIONS['bundler'], jsx: ts.JsxEmit.ReactJSX, jsxImportSource: module };
      expect(compile(`page-${name}.tsx`, page(name, event), options)).to.deep.equal([]);
    });
  }

  it('take the component in React that the page on bundlers shows', () => {
    const shown = codeBlocksOf('src/BUNDLERS.md').filter(({ language }) => language === 'tsx');
    const options = { ...RESOLUTIONS['bundler'], jsx: ts.JsxEmit.ReactJSX, jsxImportSource: 'react' };
    expect(shown).to.have.length(1);
    for (const { text } of shown) expect(compile('shown.tsx', text, options)).to.deep.equal([]);
  });
});
