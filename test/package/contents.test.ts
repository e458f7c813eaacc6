/** What is in the package: what it should hold, and nothing else. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { globSync } from 'tinyglobby';
import { packed, readPacked } from './packed.js';

const sources = globSync('src/**/*.{ts,md,html}');
const json = (path: string): unknown => JSON.parse(readPacked(path));
const hashesIn = (): Readonly<Record<string, string>> => json('dist/integrity.json') as Record<string, string>;

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

interface Description {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly types: string;
  readonly customElements: string;
  readonly 'web-types': string;
}

/** What is only in scripts for pages, and no module of the package. */
const { exclude } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8')) as { readonly exclude: string[] };
const forPagesAlone = globSync(exclude);

/** What the build makes of each source. Types alone have no code. */
const modulesOf = (source: string): string[] => {
  if (!source.endsWith('.ts')) return [];
  const stem = source.replace(/^src\//, 'dist/').replace(/\.ts$/, '');
  return [`${stem}.js`, `${stem}.js.map`, `${stem}.d.ts`];
};

/** Everything that may be there. */
const allowed = (): Set<string> => {
  const scripts = Object.keys(hashesIn()).flatMap((name) => [`dist/${name}`, `dist/${name}.map`]);
  const described = ['custom-elements', 'integrity', 'vscode.css-custom-data', 'vscode.html-custom-data', 'web-types'];
  return new Set([
    ...['package.json', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'],
    ...sources,
    ...sources.flatMap(modulesOf),
    ...scripts,
    ...described.map((name) => `dist/${name}.json`),
    ...['jsx.js', 'jsx.d.ts', 'jsx/react.d.ts', 'jsx/preact.d.ts', 'jsx/solid.d.ts'].map((name) => `dist/${name}`),
    'dist/embed.html',
  ]);
};

/** Where a link of a page leads that is no address and no place in the page itself. */
const relativeLinks = (markdown: string): string[] =>
  [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));

describe('the package', () => {
  it('holds nothing that it should not', () => {
    const known = allowed();
    expect(packed().files.filter((path) => !known.has(path))).to.deep.equal([]);
  });

  it('holds all sources, and types for each module', () => {
    const { files } = packed();
    const types = sources
      .filter((source) => source.endsWith('.ts') && !forPagesAlone.includes(source))
      .map((source) => source.replace(/^src\//, 'dist/').replace(/\.ts$/, '.d.ts'));
    expect([...sources, ...types].filter((path) => !files.includes(path))).to.deep.equal([]);
  });

  it('holds, for every source map, the sources that it names', () => {
    const maps = packed().files.filter((path) => path.endsWith('.map'));
    expect(maps.length).to.be.greaterThan(50);
    const lost = maps.flatMap((map) => {
      const { sources: named, sourcesContent = [] } = json(map) as SourceMap;
      return named
        .filter((source, index) => {
          const path = normalize(join(dirname(map), source));
          return path.startsWith('src/') ? !sources.includes(path) : typeof sourcesContent[index] !== 'string';
        })
        .map((source) => `${map}: ${source}`);
    });
    expect(lost).to.deep.equal([]);
  });

  it('holds every file that its own description names', () => {
    const { exports, types, customElements, ...more } = json('package.json') as Description;
    const named = [
      types,
      customElements,
      more['web-types'],
      ...Object.values(exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target))),
    ].map((path) => path.replace(/^\.\//, ''));
    const missing = named.filter((path) =>
      path.includes('*')
        ? !packed().files.some((file) => file.startsWith(path.slice(0, path.indexOf('*'))))
        : !packed().files.includes(path),
    );
    expect(missing).to.deep.equal([]);
  });

  it('holds scripts whose bytes have the hashes that it names', () => {
    const hashes = hashesIn();
    expect(Object.keys(hashes)).to.include.members(['rt-widgets.js', 'rt-widgets.classic.js', 'rt-widgets.debug.js']);
    const chunks = packed().files.filter((path) => /^dist\/chunks\/.*\.js$/.test(path));
    expect(Object.keys(hashes)).to.include.members(chunks.map((path) => path.replace('dist/', '')));
    for (const [name, hash] of Object.entries(hashes)) {
      const bytes = readFileSync(join(packed().root, 'dist', name));
      expect(hash, name).to.equal(`sha384-${createHash('sha384').update(bytes).digest('base64')}`);
    }
  });

  it('has a README, and what is beside it, without a link that leads nowhere', () => {
    for (const page of ['README.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...globSync('src/*.md')]) {
      const lost = relativeLinks(readFileSync(page, 'utf8')).filter(
        (target) => !existsSync(join(dirname(page), target)),
      );
      expect(lost, page).to.deep.equal([]);
    }
  });
});

describe('the package on a server', () => {
  const run = (code: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: packed().folder, encoding: 'utf8' });

  it('is imported without a DOM', () => {
    const names = run(`console.log(Object.keys(await import('rt-widgets')).join(' '), typeof document)`);
    expect(names).to.include('RtFeed').and.include('setStrings').and.include('undefined');
  });

  const ENTRIES = [
    'rt-widgets/define',
    'rt-widgets/elements/rt-feed.js',
    'rt-widgets/jsx',
    'rt-widgets/jsx/react',
    'rt-widgets/package.json',
    'rt-widgets/custom-elements.json',
    'rt-widgets/integrity.json',
    'rt-widgets/web-types.json',
    'rt-widgets/vscode.html-custom-data.json',
    'rt-widgets/vscode.css-custom-data.json',
    'rt-widgets/dist/rt-widgets.js',
    'rt-widgets/dist/rt-widgets.classic.js',
  ];

  it('finds every entry that the documentation names', () => {
    const code = `for (const name of ${JSON.stringify(ENTRIES)}) console.log(import.meta.resolve(name));`;
    const found = run(code).trim().split('\n');
    expect(found).to.have.length(ENTRIES.length);
    for (const url of found) expect(existsSync(new URL(url)), url).to.equal(true);
  });
});
