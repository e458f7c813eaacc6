/**
 * What is written about the elements besides their code, all of it from their own documentation: the manifest, and from it
 * what editors and JSX need. What the tools leave out or get wrong is mended here, never in what they wrote.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateJsxTypes } from '@wc-toolkit/jsx-types';
import { generateJetBrainsWebTypes } from 'custom-element-jet-brains-integration';
import { getVsCodeCssCustomData, getVsCodeHtmlCustomData } from 'custom-element-vs-code-integration';
import { globSync } from 'tinyglobby';

const OUT = 'dist';

const declarationsOf = ({ modules }) => modules.flatMap(({ declarations = [] }) => declarations);
const elementsOf = (manifest) => declarationsOf(manifest).filter(({ tagName }) => tagName !== undefined);

/** Keeps the elements and the classes that they extend, and of them what is public. */
const publicAlone = () => ({
  name: 'public-alone',
  packageLinkPhase({ customElementsManifest }) {
    const all = declarationsOf(customElementsManifest);
    const kept = new Set();
    const keep = (name) => {
      const found = all.find((declaration) => declaration.name === name);
      if (found === undefined || kept.has(found)) return;
      kept.add(found);
      keep(found.superclass?.name);
    };
    for (const { name } of elementsOf(customElementsManifest)) keep(name);

    for (const module of customElementsManifest.modules) {
      module.declarations = module.declarations.filter((declaration) => kept.has(declaration));
      const names = [...kept].map(({ name }) => name);
      module.exports = module.exports.filter(({ declaration }) => names.includes(declaration.name));
    }
    customElementsManifest.modules = customElementsManifest.modules.filter(({ exports }) => exports.length > 0);
    for (const declaration of kept) {
      const { members = [], events = [] } = declaration;
      declaration.members = withoutImplementations(members.filter(isPublic));
      // The analyzer adds what it finds dispatched; what is meant for a page is documented.
      declaration.events = events.filter(({ description }) => description !== undefined);
      // `status` is observed to be put right; it is not for an author to set.
      const { attributes } = declaration;
      if (attributes !== undefined)
        declaration.attributes = attributes.filter((each) => each.description !== undefined);
    }
  },
});

const isPublic = ({ privacy, name }) => privacy !== 'private' && privacy !== 'protected' && !name.startsWith('#');

/** Of a method that is declared more than once, the last is the implementation, which nobody calls by its own types. */
const withoutImplementations = (members) =>
  members.filter((member, index) => {
    const others = members.filter(({ kind, name }) => kind === 'method' && name === member.name);
    return others.length < 2 || member !== others.at(-1) || members.indexOf(member) !== index;
  });

/** The default that a description names: "Default `5s`." */
const defaultIn = (description) => /\bDefault `([^`]+)`/.exec(description ?? '')?.[1];

/**
 * Tells which property an attribute sets (`max-interval` is `maxInterval`, as `attributes()` names them), what its default
 * is, and, of a property, what is said of its attribute.
 */
const withFields = () => ({
  name: 'with-fields',
  packageLinkPhase({ customElementsManifest }) {
    for (const { attributes = [], members = [] } of declarationsOf(customElementsManifest)) {
      for (const attribute of attributes) {
        const name = attribute.name.replace(/-./g, ([, letter]) => letter.toUpperCase());
        const value = attribute.type?.text === 'boolean' ? 'false' : defaultIn(attribute.description);
        if (value !== undefined) attribute.default ??= value;
        const field = members.find((member) => member.name === name);
        if (field === undefined) continue;
        attribute.fieldName = name;
        field.attribute = attribute.name;
        field.description = attribute.description;
      }
    }
  },
});

/** The defaults of custom properties, as our style sheets write them: `var(--rt-gap, 16px)`. */
const withCssDefaults = () => ({
  name: 'with-css-defaults',
  packageLinkPhase({ customElementsManifest }) {
    const css = globSync('src/elements/**/*.ts').map((path) => readFileSync(path, 'utf8'));
    const written = css.flatMap((text) => [...text.matchAll(/var\((--rt-[\w-]+), ((?:[^()]|\([^()]*\))*)\)/g)]);
    // The first that is written: what follows is for browsers without `light-dark()`.
    const defaults = new Map(written.reverse().map(([, name, value]) => [name, value]));
    for (const { cssProperties = [] } of declarationsOf(customElementsManifest)) {
      for (const property of cssProperties) {
        // `--_line` is our own short name for `--rt-line` with its default.
        const value = defaults.get(property.name)?.replaceAll('--_', '--rt-');
        if (value !== undefined) property.default ??= value;
      }
    }
  },
});

/** Names modules as they are published, and by each element's own entry the tag that it registers. */
const asPublished = () => ({
  name: 'as-published',
  packageLinkPhase({ customElementsManifest }) {
    const publish = (text) => text.replace(/^\/?src\/(.*)\.[jt]s$/, 'dist/$1.js');
    const rename = (value) => {
      if (Array.isArray(value)) return value.forEach(rename);
      if (value === null || typeof value !== 'object') return;
      for (const key of ['path', 'module']) if (typeof value[key] === 'string') value[key] = publish(value[key]);
      Object.values(value).forEach(rename);
    };
    rename(customElementsManifest);
    const { modules } = customElementsManifest;
    for (const home of modules) {
      home.exports = home.exports.filter(({ kind }) => kind === 'js');
      for (const { tagName, name } of home.declarations) {
        const entry = modules.find(({ path }) => path === `dist/elements/${tagName}.js`);
        if (entry === undefined) continue;
        const declaration = { name, module: home.path };
        entry.exports = [
          { kind: 'js', name, declaration },
          { kind: 'custom-element-definition', name: tagName, declaration },
        ];
      }
    }
  },
});

/** The elements alone, without what belongs to their classes: what somebody who writes a page sees. */
const forAuthors = (manifest) => {
  const modules = structuredClone(manifest.modules).filter((module) => elementsOf({ modules: [module] }).length > 0);
  for (const element of elementsOf({ modules })) {
    element.members = element.members.filter((member) => member.static !== true);
    // Said where it is set, and once for every default that has a name; the tools write "undefined" for the others.
    for (const property of element.cssProperties ?? []) property.default ??= 'that of the page';
  }
  return { ...manifest, modules };
};

const write = (name, text) => {
  const path = join(OUT, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
const writeJson = (name, value) => write(name, `${JSON.stringify(value, null, 2)}\n`);

/** What VS Code and JetBrains' editors complete and explain. */
const editors = () => ({
  name: 'editors',
  packageLinkPhase({ customElementsManifest }) {
    const manifest = forAuthors(customElementsManifest);
    const html = JSON.parse(getVsCodeHtmlCustomData(structuredClone(manifest), {}));
    for (const tag of html.tags) {
      const element = elementsOf(manifest).find(({ tagName }) => tagName === tag.name);
      for (const attribute of tag.attributes) {
        const { type } = element.attributes.find(({ name }) => name === attribute.name);
        if (attribute.values?.length === 0) delete attribute.values;
        // The editor's name for an attribute that is written bare.
        if (type?.text === 'boolean') attribute.valueSet = 'v';
      }
    }
    writeJson('vscode.html-custom-data.json', html);

    const css = JSON.parse(getVsCodeCssCustomData(structuredClone(manifest), {}));
    writeJson('vscode.css-custom-data.json', { ...css, properties: cssTokens(manifest) });
    generateJetBrainsWebTypes(structuredClone(manifest), { outdir: OUT, packageJson: false, hideLogs: true });
  },
});

/** Every custom property once, with what each element says of it. */
const cssTokens = (manifest) => {
  const tokens = new Map();
  for (const { tagName, cssProperties = [] } of elementsOf(manifest)) {
    for (const property of cssProperties) {
      const said = tokens.get(property.name) ?? new Map();
      tokens.set(property.name, said);
      said.set(property.description, [...(said.get(property.description) ?? []), `<${tagName}>`]);
    }
  }
  return [...tokens].map(([name, said]) => ({
    name,
    description: [...said].map(([text, tags]) => `${tags.join(', ')}: ${text}`).join('\n\n'),
  }));
};

/** How each framework's own types learn of our elements. Each is a file of its own: it imports that framework. */
const FRAMEWORKS = {
  react: `import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { ElementProps } from '../jsx.js';

type Elements = {
  [Tag in keyof ElementProps]: DetailedHTMLProps<
    Omit<HTMLAttributes<HTMLElementTagNameMap[Tag]>, keyof ElementProps[Tag]>,
    HTMLElementTagNameMap[Tag]
  > &
    ElementProps[Tag];
};

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
`,
  preact: `import type { JSX } from 'preact';
import type { ElementProps } from '../jsx.js';

type Elements = {
  [Tag in keyof ElementProps]: Omit<JSX.HTMLAttributes<HTMLElementTagNameMap[Tag]>, keyof ElementProps[Tag]> &
    ElementProps[Tag];
};

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
`,
  solid: `import type { JSX } from 'solid-js';
import type { ElementProps, SolidElementProps } from '../jsx.js';

type Props<Tag extends keyof ElementProps> = Omit<ElementProps[Tag], \`on\${string}\`> & SolidElementProps[Tag];

type Elements = {
  [Tag in keyof ElementProps]: Omit<JSX.HTMLAttributes<HTMLElementTagNameMap[Tag]>, keyof Props<Tag>> & Props<Tag>;
};

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
`,
};

/** Attributes by their documented types (the classes hold their texts), properties by those of the classes. */
const jsxManifest = (manifest) => {
  const clone = forAuthors(manifest);
  for (const { name, attributes = [], members } of elementsOf(clone)) {
    for (const member of members) {
      const attribute = attributes.find(({ fieldName }) => fieldName === member.name);
      const text = attribute?.type.text === 'number' ? 'number | string' : attribute?.type.text;
      member.type = { text: text ?? `${name}['${member.name}']` };
    }
    for (const attribute of attributes) if (attribute.type.text === 'number') attribute.type.text = 'number | string';
  }
  return clone;
};

/**
 * Types for JSX. Of what the tool writes its props of each element are used; how a framework learns of them is ours: the
 * tool's own way speaks to eight frameworks at once, and the compiler wants to find each of them.
 */
const jsx = () => ({
  name: 'jsx',
  packageLinkPhase({ customElementsManifest }) {
    const options = { fileName: null, stronglyTypedEvents: true, useCemTypes: true, globalTypePath: './index.js' };
    const text = generateJsxTypes(jsxManifest(customElementsManifest), options);
    const end = text.search(/^declare module/m);
    if (end < 0)
      throw new Error('The types for JSX are written in another way than they were: look at what the tool wrote.');
    const map = (name, suffix) => {
      const lines = elementsOf(customElementsManifest).map(
        (element) => `  '${element.tagName}': ${element.name}${suffix};`,
      );
      return `export interface ${name} {\n${lines.join('\n')}\n}\n`;
    };
    write(
      'jsx.d.ts',
      [text.slice(0, end), map('ElementProps', 'Props'), map('SolidElementProps', 'SolidJsProps')].join('\n'),
    );
    write('jsx.js', '// Types alone: see jsx.d.ts.\nexport {};\n');
    for (const [name, types] of Object.entries(FRAMEWORKS)) write(`jsx/${name}.d.ts`, types);
  },
});

export default {
  globs: ['src/elements/**/*.ts'],
  exclude: ['src/elements/**/view.ts'],
  outdir: OUT,
  litelement: true,
  packagejson: false,
  quiet: true,
  plugins: [publicAlone(), withFields(), withCssDefaults(), asPublished(), editors(), jsx()],
};
