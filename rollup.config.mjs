/**
 * Two builds. The *scripts* are what a page loads as they are: everything inside, minified, Lit's production build. The
 * *package* is what a bundler imports: our modules one by one, not minified, dependencies left as imports.
 * `--configScripts` makes the first alone.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';
import htmlLiterals from 'rollup-plugin-html-literals';
import { globSync } from 'tinyglobby';

const typescript = (options = {}) => esbuild({ target: 'es2022', tsconfig: 'tsconfig.json', ...options });

/** The package's own `sideEffects` speaks of dist/, to bundlers; here every import counts. */
const resolver = (options = {}) => nodeResolve({ ...options, ignoreSideEffectsForRoot: true });

/**
 * Chart.js calculates colours of hovered elements and of animations with a library of its own, 3.5 kB compressed. Our
 * charts have neither: their colours come from the page's styles.
 */
const noColorMath = () => ({
  name: 'no-color-math',
  resolveId: (id) => (id === '@kurkle/color' ? '\0no-color-math' : null),
  load: (id) => (id === '\0no-color-math' ? 'export class Color {}' : null),
});

/**
 * Lit makes its Trusted Types policy while it loads, and a page that forbids it would have nothing at all: ours is made
 * with the first template. The build fails where Lit is not as it was.
 */
const TRUSTED = resolve('src/kernel/trusted.ts');
const lateTrust = () => ({
  name: 'late-trust',
  transform(code, id) {
    if (!id.endsWith('/lit-html/lit-html.js')) return null;
    const parts = [
      [/\w\?\w\.createPolicy\("lit-html",\{createHTML:(\w)=>\1\}\):void 0/, 'void 0'],
      [/(\w)\.innerHTML=(\w),\1/, 'fillTemplate($1,$2),$1'],
    ];
    const changed = parts.reduce((text, [found, instead]) => {
      if (!found.test(text)) this.error(`Lit no longer has ${found}: see src/kernel/trusted.ts.`);
      return text.replace(found, instead);
    }, code);
    return { code: `${changed}\nimport { fillTemplate } from ${JSON.stringify(TRUSTED)};`, map: null };
  },
});

/**
 * What a page may demand of each script by `integrity="…"`: the hashes of the bytes on the disk, by their paths in dist/.
 * The builds run one after another; each adds its own.
 */
const hashes = new Map();
const integrity = () => ({
  name: 'integrity',
  writeBundle({ dir, file }, bundle) {
    const folder = dir ?? dirname(file);
    for (const name of Object.keys(bundle).filter((name) => name.endsWith('.js'))) {
      const path = resolve(folder, name);
      const hash = createHash('sha384').update(readFileSync(path)).digest('base64');
      hashes.set(relative('dist', path), `sha384-${hash}`);
    }
    const sorted = [...hashes].sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync('dist/integrity.json', `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  },
});

const forPages = () => [
  lateTrust(),
  integrity(),
  noColorMath(),
  resolver({ exportConditions: ['production'] }),
  htmlLiterals({ include: ['src/**'], exclude: ['src/*/**/css.ts'], failOnError: true }),
  // Names of #private members begin anew with every class, and repeat: terser gives each in a chunk a name of its own.
  typescript({ minifyIdentifiers: true }),
];

const minify = (module) => terser({ module, ecma: 2022, compress: { passes: 3 }, format: { comments: false } });

/** A module that only hands on another one. */
const facade = (name, target) => ({
  name: 'facade',
  resolveId: (id) => (id === name ? `\0${name}` : null),
  load: (id) => (id === `\0${name}` ? `export * from ${JSON.stringify(resolve(target))};` : null),
});

/** A chunk is named after its module; one called `view.ts` or `index.ts` after its folder. */
const chunkName = ({ name, moduleIds }) => {
  const module = moduleIds.find((id) => basename(id, '.ts') === name);
  return ['view', 'index'].includes(name) && module !== undefined ? basename(dirname(module)) : name;
};

/**
 * The entry only hands on the chunk `core`, which holds all that a page needs at once; chunks fetched later import
 * `core` and one another, never the entry: at `rt-widgets.js?ver=1` it would be another module, and run twice.
 */
const pageModule = () => ({
  input: { 'rt-widgets': 'page-entry' },
  plugins: [facade('page-entry', 'src/bundle.ts'), ...forPages(), minify(true)],
  output: {
    dir: 'dist',
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: (chunk) => `chunks/${chunkName(chunk)}-[hash].js`,
    // A chart's view and the chart itself are fetched together: as one file they are half a kilobyte less.
    manualChunks: {
      core: ['src/bundle.ts'],
      'line-chart': ['src/chart/line-chart.ts', 'src/elements/rt-line-chart/view.ts'],
    },
    hoistTransitiveImports: false,
  },
});

/** All inside but the debug overlay: who looks for a fault fetches it, and nobody else pays for it. */
const DEBUG = resolve('src/debug/debug.ts');
const DEBUG_SCRIPT = 'rt-widgets.debug.js';

const classicScript = () => ({
  input: 'src/classic.ts',
  plugins: [debugApart(), ...forPages(), minify(false)],
  output: {
    file: 'dist/rt-widgets.classic.js',
    format: 'iife',
    sourcemap: true,
    inlineDynamicImports: true,
    // A classic script from elsewhere may not import by a relative address: its own is a secret to it.
    intro: 'const SCRIPT_ADDRESS = document.currentScript?.src || document.baseURI;',
  },
});

const debugApart = () => ({
  name: 'debug-apart',
  resolveId: (id) => (id.endsWith('/debug/debug.js') ? { id: `./${DEBUG_SCRIPT}`, external: true } : null),
  renderDynamicImport: () => ({ left: 'import(new URL(', right: ', SCRIPT_ADDRESS).href)' }),
});

const debugScript = () => ({
  input: DEBUG,
  plugins: [...forPages(), minify(true)],
  output: { file: `dist/${DEBUG_SCRIPT}`, format: 'es', sourcemap: true },
});

/** The page for an `<iframe>`, and its script: a classic one, which a sandboxed frame may load from any server. */
const EMBED_PAGE = 'src/embed/page.html';

const embedPage = () => ({
  input: 'src/embed/page.ts',
  plugins: [...forPages(), minify(false), embedDocument()],
  output: { file: 'dist/embed.js', format: 'iife', sourcemap: true },
});

const embedDocument = () => ({
  name: 'embed-document',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'embed.html', source: readFileSync(EMBED_PAGE, 'utf8') });
  },
});

const packageModules = () => ({
  input: ['src/index.ts', 'src/define.ts', 'src/fill.ts', ...globSync('src/elements/rt-*.ts')],
  external: [/^lit($|\/)/, /^chart\.js($|\/)/, /^eventsource-parser($|\/)/],
  plugins: [resolver(), typescript()],
  output: {
    dir: 'dist',
    format: 'es',
    sourcemap: true,
    preserveModules: true,
    preserveModulesRoot: 'src',
    hoistTransitiveImports: false,
  },
});

export default ({ configScripts }) => {
  rmSync(configScripts ? 'dist/chunks' : 'dist', { recursive: true, force: true });
  const scripts = [pageModule(), classicScript(), debugScript(), embedPage()];
  return configScripts ? scripts : [...scripts, packageModules()];
};
