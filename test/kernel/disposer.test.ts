import { expect } from 'chai';
import { Listeners, once } from '../../src/kernel/disposer.js';

describe('a disposer', () => {
  it('acts once, however often it is called', () => {
    let calls = 0;
    const dispose = once(() => calls++);
    dispose();
    dispose();
    expect(calls).to.equal(1);
  });

  it('does not act again when its action calls it', () => {
    let calls = 0;
    const dispose = once(() => {
      calls++;
      dispose();
    });
    dispose();
    expect(calls).to.equal(1);
  });
});

describe('listeners', () => {
  it('are called in the order they came, with the value', () => {
    const listeners = new Listeners<number>();
    const heard: string[] = [];
    listeners.add((value) => heard.push(`a${value}`));
    listeners.add((value) => heard.push(`b${value}`));
    listeners.emit(1);
    expect(heard).to.deep.equal(['a1', 'b1']);
  });

  it('fault 54: starve none when one throws, and its error is reported', () => {
    const errors: unknown[] = [];
    const listeners = new Listeners<string>((error) => errors.push(error));
    const failure = new Error('mine');
    const heard: string[] = [];
    listeners.add(() => {
      throw failure;
    });
    listeners.add((value) => heard.push(value));
    listeners.emit('x');
    expect(heard).to.deep.equal(['x']);
    expect(errors).to.deep.equal([failure]);
  });

  it('hear nothing more once disposed, and the same function added twice is two', () => {
    const listeners = new Listeners();
    let calls = 0;
    const listener = (): void => {
      calls++;
    };
    const first = listeners.add(listener);
    listeners.add(listener);
    listeners.emit();
    expect(calls).to.equal(2);
    first();
    first();
    expect(listeners.size).to.equal(1);
    listeners.emit();
    expect(calls).to.equal(3);
  });

  it('may dispose themselves while being called', () => {
    const listeners = new Listeners();
    const heard: string[] = [];
    const first = listeners.add(() => {
      heard.push('first');
      first();
    });
    listeners.add(() => heard.push('second'));
    listeners.emit();
    listeners.emit();
    expect(heard).to.deep.equal(['first', 'second', 'second']);
  });
});
