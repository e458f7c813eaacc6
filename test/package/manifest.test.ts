/** What is told of the elements, to tools and editors: all of it, and what is true of the classes. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { globSync } from 'tinyglobby';
import * as api from '../../src/index.js';
import type { Module, Named } from './manifest.js';
import { readPacked } from './packed.js';

const read = (name: string): unknown => JSON.parse(readPacked(`dist/${name}`));
const { modules } = read('custom-elements.json') as { readonly modules: readonly Module[] };
const elements = modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName !== undefined);

/** What the class itself says of its attributes. */
interface Observed {
  readonly tag: string;
  readonly elementProperties: ReadonlyMap<string, { readonly attribute?: string | boolean }>;
}
const classes = Object.values(api).filter((value) => typeof value === 'function' && 'tag' in value);
const observed = new Map(classes.map((constructor) => [constructor.tag, constructor as unknown as Observed]));

const namesOf = (list: readonly Named[] | undefined): string[] => (list ?? []).map(({ name }) => name).sort();
const unique = (list: readonly string[]): string[] => [...new Set(list)].sort();

/** The sources of an element, with those of its view. */
const sourceOf = (tag: string): string =>
  globSync(`src/elements/${tag}/*.ts`)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

describe('the manifest of custom elements', () => {
  it('names every element', () => {
    expect(elements.map(({ tagName }) => tagName).sort()).to.deep.equal([...observed.keys()].sort());
  });

  for (const element of elements) {
    const { tagName = '' } = element;
    describe(`of <${tagName}>`, () => {
      it('names the attributes that the class observes, and no other', () => {
        (observed.get(tagName) as unknown as { finalize(): void }).finalize();
        const own = [...(observed.get(tagName)?.elementProperties ?? [])]
          .filter(([, { attribute }]) => attribute !== false)
          .map(([name, { attribute }]) => (typeof attribute === 'string' ? attribute : name));
        expect(namesOf(element.attributes)).to.deep.equal(own.sort());
      });

      it('gives each attribute a type, a description, a property, and a default in a name or in words', () => {
        for (const { name, type, description, fieldName, ...more } of element.attributes ?? []) {
          expect(type?.text, name).to.be.a('string');
          expect(description, name).to.match(/^[A-Z].*\.$/s);
          expect(element.members?.map((member) => member.name)).to.include(fieldName, name);
          expect(more.default !== undefined || /\b(?:Default|None): /.test(description ?? ''), name).to.equal(true);
        }
      });

      it('gives each event the type of its detail, and names those that it fires', () => {
        const types = (element.events ?? []).map(({ name, type }) => `${name}: ${type?.text ?? ''}`);
        for (const line of types) expect(line).to.match(/^rt-[a-z-]+: CustomEvent<\w+>$/);
        const fired = [...sourceOf(tagName).matchAll(/#fire\('(rt-[a-z-]+)'/g)].map(([, name = '']) => name);
        expect(namesOf(element.events)).to.deep.equal(unique([...fired, 'rt-error']));
      });

      it('names every part, slot and custom property of its templates and styles', () => {
        const source = sourceOf(tagName);
        const parts = [...source.matchAll(/part="([\w-]+)"/g)].map(([, name = '']) => name);
        expect(namesOf(element.cssParts)).to.deep.equal(unique(parts));
        expect(namesOf(element.slots)).to.have.length([...source.matchAll(/<slot/g)].length);
        const tokens = [...source.matchAll(/var\(--(?:_|rt-)([a-z-]+)/g)].map(([, name = '']) => `--rt-${name}`);
        const own = [...source.matchAll(/^\s*--_([a-z]+):/gm)].map(([, name = '']) => `--rt-${name}`);
        const wanted = tokens.filter((name) => !own.includes(name) && !name.endsWith('-'));
        expect(namesOf(element.cssProperties)).to.include.members(unique(wanted));
        for (const property of element.cssProperties ?? []) expect(property.default, property.name).to.be.a('string');
      });

      it('names nothing private, and says what is inherited', () => {
        for (const member of element.members ?? []) {
          expect(member.name).to.not.match(/^[#_]|Callback$|^(?:render|update|updated|willUpdate|isHeld)$/);
          expect(member.privacy ?? 'public', member.name).to.equal('public');
          const types = [
            member.kind === 'method' ? member.return?.type.text : member.type?.text,
            ...(member.parameters ?? []).map(({ type }) => type?.text),
          ];
          for (const type of types) expect(type, member.name).to.be.a('string');
        }
        const inherited = (element.members ?? []).filter(({ name }) => ['define', 'version'].includes(name));
        for (const { name, inheritedFrom } of inherited) expect(inheritedFrom?.module, name).to.match(/^dist\/.*\.js$/);
        expect(inherited).to.have.length(2);
      });
    });
  }

  it('names modules that are in the package', () => {
    for (const { path, exports } of modules) {
      expect(readPacked(path), path).to.not.equal('');
      for (const { declaration } of exports) expect(readPacked(declaration.module)).to.not.equal('');
    }
  });

  it('names for each tag the entry that registers it', () => {
    const entries = modules.flatMap(({ path, exports }) =>
      exports.filter(({ kind }) => kind === 'custom-element-definition').map(({ name }) => `${name} ${path}`),
    );
    expect(entries.sort()).to.deep.equal([...observed.keys()].map((tag) => `${tag} dist/elements/${tag}.js`).sort());
  });
});

interface HtmlData {
  readonly tags: readonly {
    readonly name: string;
    readonly attributes: readonly { readonly name: string; readonly valueSet?: string; readonly values?: Named[] }[];
  }[];
}

interface CssData {
  readonly properties: readonly Named[];
}

interface WebTypes {
  readonly name: string;
  readonly version: string;
  readonly contributions: {
    readonly html: { readonly elements: readonly { readonly name: string; readonly attributes: readonly Named[] }[] };
  };
}

describe('what editors are told', () => {
  it('offers VS Code the tags, their attributes and the values of those that have a list', () => {
    const { tags } = read('vscode.html-custom-data.json') as HtmlData;
    expect(namesOf(tags)).to.deep.equal([...observed.keys()].sort());
    const feed = tags.find(({ name }) => name === 'rt-feed');
    const attribute = (name: string) => feed?.attributes.find((one) => one.name === name);
    expect(namesOf(attribute('transport')?.values)).to.deep.equal(
      ['auto', 'websocket', 'sse', 'long-polling', 'polling'].sort(),
    );
    expect(attribute('paused')?.valueSet).to.equal('v');
    expect(attribute('src')).to.not.have.any.keys('values', 'valueSet');
    expect(JSON.stringify(tags)).to.not.include('undefined)_');
  });

  it('offers VS Code every custom property, once', () => {
    const { properties } = read('vscode.css-custom-data.json') as CssData;
    expect(namesOf(properties)).to.deep.equal(
      unique(elements.flatMap(({ cssProperties = [] }) => cssProperties.map(({ name }) => name))),
    );
  });

  it("offers JetBrains' editors the same tags and attributes, for this version", () => {
    const { name, version, contributions } = read('web-types.json') as WebTypes;
    expect(`${name} ${version}`).to.equal(`rt-widgets ${api.VERSION}`);
    expect(namesOf(contributions.html.elements)).to.deep.equal([...observed.keys()].sort());
    for (const { name: tag, attributes } of contributions.html.elements) {
      const element = elements.find(({ tagName }) => tagName === tag);
      expect(namesOf(attributes), tag).to.deep.equal(namesOf(element?.attributes));
    }
  });
});
