/**
 * Holds what was built to its promises, by reading it: the page's module runs once however it is addressed, the chart
 * comes only when needed, the classic script is whole, a widget's own entry drags in no transport.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { Script } from 'node:vm';
import { globSync } from 'tinyglobby';
import { closure, importsOf, readImports } from './dist-graph.mjs';

const ENTRY = resolve('dist/rt-widgets.js');
const CLASSIC = resolve('dist/rt-widgets.classic.js');

const problems = [];
const demand = (holds, sentence) => {
  if (!holds) problems.push(sentence);
};
const name = (file) => relative(process.cwd(), file);
const sourcesOf = (file) => JSON.parse(readFileSync(`${file}.map`, 'utf8')).sources;

const checkPageModule = () => {
  const files = [ENTRY, ...globSync('dist/chunks/*.js', { absolute: true })];
  const home = new Map();
  for (const file of files) {
    const { now, later } = importsOf(file);
    for (const target of [...now, ...later]) {
      demand(files.includes(target), `${name(file)} imports ${target}, which is not built.`);
      demand(target !== ENTRY, `${name(file)} imports the entry: addressed as rt-widgets.js?ver=1 it would run twice.`);
    }
    for (const source of sourcesOf(file)) {
      demand(!home.has(source), `${source} is both in ${name(file)} and in ${name(home.get(source) ?? '')}.`);
      home.set(source, file);
    }
    demand(!readFileSync(file, 'utf8').includes('Lit is in dev mode'), `${name(file)} holds Lit's development build.`);
  }
  const first = closure([ENTRY]);
  demand(
    first.length <= 3,
    `A page fetches ${first.length} files before anything shows: ${first.map(name).join(', ')}.`,
  );
  demand(
    [...home.keys()].some((source) => source.includes('/src/elements/')),
    'The page module holds no element.',
  );
  const early = first.flatMap(sourcesOf).find((source) => source.includes('node_modules/chart.js/'));
  demand(early === undefined, `Every page fetches ${early}.`);
};

const checkClassic = () => {
  const code = readFileSync(CLASSIC, 'utf8');
  new Script(code, { filename: CLASSIC });
  const { now, later } = readImports(code);
  const only = ['./rt-widgets.debug.js'];
  demand(
    now.length === 0 && later.every((id) => only.includes(id)),
    `The classic script imports ${[...now, ...later]}.`,
  );
  demand(existsSync('dist/rt-widgets.debug.js'), 'The debug overlay of the classic script is missing.');
};

/** What the page for frames loads lies beside it, and is no module: a sandboxed frame could not fetch one. */
const checkEmbedPage = () => {
  const scripts = [...readFileSync('dist/embed.html', 'utf8').matchAll(/<script([^>]*)>/g)].map(([, text]) => text);
  demand(scripts.length === 2, `dist/embed.html has ${scripts.length} scripts.`);
  for (const script of scripts) {
    const file = /src="([^"/]+)"/.exec(script)?.[1];
    demand(file !== undefined && !script.includes('module'), `dist/embed.html has a script${script}.`);
    demand(file === undefined || existsSync(`dist/${file}`), `dist/embed.html loads ${file}, which is not built.`);
  }
  const { now, later } = readImports(readFileSync('dist/embed.js', 'utf8'));
  demand(now.length + later.length === 0, `dist/embed.js imports ${[...now, ...later]}.`);
};

const checkPackage = () => {
  const widgets = globSync('dist/elements/rt-*.js', { absolute: true }).filter(
    (file) => basename(file) !== 'rt-feed.js',
  );
  for (const widget of widgets) {
    const heavy = closure([widget]).find((file) =>
      /dist\/(transport|chart|debug)\/|^chart\.js|^eventsource-parser/.test(file),
    );
    demand(heavy === undefined, `${name(widget)} drags in ${heavy && name(heavy)}.`);
  }
  for (const file of ['dist/index.js', 'dist/define.js', ...globSync('dist/elements/rt-*.js')]) {
    for (const other of [file, `${file}.map`, file.replace(/js$/, 'd.ts')])
      demand(existsSync(other), `${other} is missing.`);
  }
  demand(existsSync('dist/custom-elements.json'), 'dist/custom-elements.json is missing.');
};

checkPageModule();
checkClassic();
checkEmbedPage();
checkPackage();
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
