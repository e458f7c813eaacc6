import { expect } from 'chai';
import fc from 'fast-check';
import { compilePath } from '../../src/store/path.js';

const read = (path: string | undefined, data: unknown): unknown => compilePath(path)(data);

/** A name that is one step of a path. */
const name = fc.string({ minLength: 1 }).filter((text) => !/\.|\[\d+\]/.test(text) && text !== '__proto__');

describe('a field path', () => {
  it('goes by dots through own properties and array indexes', () => {
    expect(read('disks.0.used', { disks: [{ used: 5 }] })).to.equal(5);
    expect(read('0.x', [{ x: 1 }])).to.equal(1);
    expect(read('cpu', { cpu: null })).to.equal(null);
  });

  it('takes an index in brackets, too', () => {
    expect(read('disks[1].used', { disks: [{ used: 5 }, { used: 6 }] })).to.equal(6);
    expect(read('[0].x', [{ x: 1 }])).to.equal(1);
    expect(read('[0]', [7])).to.equal(7);
    expect(read('a[0][1]', { a: [[1, 2]] })).to.equal(2);
    expect(read('a[0]', { 'a[0]': 3, a: [4] })).to.equal(3);
    for (const path of ['a[x]', 'a[', 'a[]', '[-1]']) expect(read(path, { a: [1] })).to.equal(undefined);
  });

  it('that is an own property as a whole wins over its parts', () => {
    expect(read('system.cpu', { 'system.cpu': 5, system: { cpu: 6 } })).to.equal(5);
    expect(read('system.cpu', { system: { cpu: 6 } })).to.equal(6);
  });

  it('that is none, or empty, reads the data itself', () => {
    expect(read(undefined, 5)).to.equal(5);
    expect(read('', 'text')).to.equal('text');
  });

  it('reads nothing where anything on the way is absent, or no object', () => {
    for (const data of [{}, { a: 1 }, { a: null }, { a: 'text' }, null, undefined, 5, 'text', [], { a: { b: {} } }]) {
      expect(read('a.b.c', data)).to.equal(undefined);
    }
    expect(read('length', 'text')).to.equal(undefined);
  });

  it('fault 32: reads no inherited property, and never __proto__', () => {
    for (const path of [
      'constructor',
      'constructor.name',
      'toString',
      'a.constructor',
      'a.hasOwnProperty',
      '__proto__',
    ]) {
      expect(read(path, { a: {} }), path).to.equal(undefined);
    }
    const polluting: unknown = JSON.parse('{"__proto__":{"x":1},"a":{"__proto__":{"x":1}}}');
    for (const path of ['__proto__', '__proto__.x', 'a.__proto__.x', 'x', 'a.x']) {
      expect(read(path, polluting), path).to.equal(undefined);
    }
    expect(read('constructor', { constructor: 'Ferrari' })).to.equal('Ferrari');
  });

  it('finds whatever was put at its end', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), fc.jsonValue(), (names, value) => {
        const data = names.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
        expect(read(names.join('.'), data)).to.deep.equal(value);
      }),
    );
  });

  it('never throws and never finds a function, whatever path and whatever JSON', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (path, data) => {
        expect(read(path, data)).not.to.be.a('function');
      }),
    );
  });
});
