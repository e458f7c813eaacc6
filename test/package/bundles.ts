/**
 * What four bundlers make of an entry, for production: the modules that are in what a page loads at once, those that it
 * loads later, by the bundlers' own word, and the files. Knows no rule about them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup, type RollupOutput } from 'rollup';
import { minify } from 'rollup-plugin-esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';

export interface Bundle {
  /** Modules whose code is in what is loaded at once. */
  readonly now: readonly string[];
  /** Modules whose code is loaded later. */
  readonly later: readonly string[];
  /** Where the files are, and which of them a page loads. */
  readonly folder: string;
  readonly entry: string;
  /** What it loads at once, in bytes with gzip. */
  readonly size: number;
}

/** Bundles `entry.js` of a folder into its folder `out`. */
export type Bundler = (folder: string) => Promise<Bundle>;

/** A file that a bundler made. */
interface Made {
  readonly path: string;
  readonly modules: readonly string[];
  /** The files that it needs at once. */
  readonly needs: readonly string[];
  /** The files that it may ask for later. */
  readonly mayNeed: readonly string[];
}

/** The files that can be reached from one: a bundler may also write files that nobody asks for. */
const reach = (made: readonly Made[], start: string, next: (file: Made) => readonly string[]): Set<Made> => {
  const found = new Set<Made>();
  const follow = (path: string): void => {
    const file = made.find((one) => one.path === path);
    if (file === undefined || found.has(file)) return;
    found.add(file);
    next(file).forEach(follow);
  };
  follow(start);
  return found;
};

const toBundle = (made: readonly Made[], entry: string, folder: string): Bundle => {
  const now = reach(made, entry, ({ needs }) => needs);
  const later = [...reach(made, entry, ({ needs, mayNeed }) => [...needs, ...mayNeed])].filter(
    (file) => !now.has(file),
  );
  const bytes = [...now].map(({ path }) => gzipSync(readFileSync(join(folder, path))).length);
  return {
    now: [...now].flatMap(({ modules }) => modules),
    later: later.flatMap(({ modules }) => modules),
    folder,
    entry,
    size: bytes.reduce((sum, size) => sum + size, 0),
  };
};

const fromRollup = ({ output }: RollupOutput, folder: string): Bundle => {
  const chunks = output.filter((file) => file.type === 'chunk');
  const made = chunks.map(({ fileName, modules, imports, dynamicImports }) => ({
    path: fileName,
    modules: Object.entries(modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : [])),
    needs: imports,
    mayNeed: dynamicImports,
  }));
  return toBundle(made, chunks.find(({ isEntry }) => isEntry)?.fileName ?? '', folder);
};

const withRollup: Bundler = async (folder) => {
  const out = join(folder, 'rollup');
  const build = await rollup({
    input: join(folder, 'entry.js'),
    plugins: [nodeResolve({ exportConditions: ['production'] }), minify()],
  });
  return fromRollup(await build.write({ dir: out, format: 'es' }), out);
};

const withVite: Bundler = async (folder) => {
  const out = join(folder, 'vite');
  const built = await vite({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: { outDir: out, rollupOptions: { input: join(folder, 'entry.js'), preserveEntrySignatures: 'strict' } },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('Vite built something else.');
  return fromRollup(built, out);
};

const filesOf = (imports: readonly { readonly path: string; readonly kind: string }[], wanted: string): string[] =>
  imports.filter(({ kind }) => kind === wanted).map(({ path }) => path.replace(/^esbuild\//, ''));

const withEsbuild: Bundler = async (folder) => {
  const out = join(folder, 'esbuild');
  const { metafile } = await esbuild({
    absWorkingDir: folder,
    entryPoints: ['entry.js'],
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    metafile: true,
    conditions: ['production'],
  });
  const made = Object.entries(metafile.outputs).map(([path, { inputs, imports }]) => ({
    path: path.replace(/^esbuild\//, ''),
    modules: Object.entries(inputs).flatMap(([id, { bytesInOutput }]) => (bytesInOutput > 0 ? [id] : [])),
    needs: filesOf(imports, 'import-statement'),
    mayNeed: filesOf(imports, 'dynamic-import'),
  }));
  return toBundle(made, 'entry.js', out);
};

const withWebpack: Bundler = async (folder) => {
  const out = join(folder, 'webpack');
  const compiler = webpack({
    mode: 'production',
    context: folder,
    entry: './entry.js',
    output: { path: out, filename: 'entry.js' },
    performance: false,
  });
  const compilation = await new Promise<webpack.Compilation>((resolve, reject) =>
    compiler.run((error, stats) => {
      if (error !== null) reject(error);
      else if (stats === undefined || stats.hasErrors()) reject(new Error(stats?.toString() ?? 'webpack failed.'));
      else resolve(stats.compilation);
    }),
  );
  // Of one entry: what may be loaded at once is, and all the rest can be asked for.
  const chunks = [...compilation.chunks];
  const files = (initial: boolean): string[] =>
    chunks.filter((chunk) => chunk.canBeInitial() === initial).flatMap((chunk) => [...chunk.files]);
  const made = chunks.map((chunk) => ({
    path: [...chunk.files][0] ?? '',
    modules: [...compilation.chunkGraph.getChunkModulesIterable(chunk)].flatMap(idsOf),
    needs: chunk.canBeInitial() ? files(true) : [],
    mayNeed: files(false),
  }));
  return toBundle(made, 'entry.js', out);
};

/** A module of webpack's may be several that it has put together. */
const idsOf = (module: webpack.Module): string[] => {
  if ('modules' in module && Array.isArray(module.modules)) return (module.modules as webpack.Module[]).flatMap(idsOf);
  return 'resource' in module && typeof module.resource === 'string' ? [module.resource] : [];
};

export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  Rollup: withRollup,
  Vite: withVite,
  webpack: withWebpack,
  esbuild: withEsbuild,
};

/** A folder inside `parent` with an entry of that code. */
export const project = (parent: string, name: string, code: string): string => {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'entry.js'), code);
  return folder;
};
