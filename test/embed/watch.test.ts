/** The one observer of a page: what it shows to those who ask, and that it stops when nobody does. */
import { watchPage, watchRoot, within } from '../../src/embed/watch.js';
import { expect } from '../support/testing.js';
import { settled } from '../support/fake-env.js';

describe('the watch of a page', () => {
  let root: HTMLElement;
  let seen: ParentNode[];
  let stop: () => void;

  beforeEach(() => {
    root = document.createElement('main');
    document.body.append(root);
    seen = [];
    stop = watchPage((comers) => seen.push(...comers));
  });

  afterEach(() => {
    stop();
    root.remove();
  });

  const names = (): string[] => seen.map((what) => (what instanceof Element ? what.localName : '#document'));

  it('shows the document at once, then each element that comes, and none that has gone before it could', async () => {
    expect(seen).to.deep.equal([document]);
    const gone = document.createElement('s');
    root.append('text', document.createElement('b'), gone, document.createElement('i'));
    gone.remove();
    await settled();
    expect(names()).to.deep.equal(['#document', 'b', 'i']);
  });

  it('shows what came inside another with that one, and not again', async () => {
    const outer = document.createElement('ul');
    root.append(outer);
    const inner = document.createElement('li');
    outer.append(inner);
    inner.append(document.createElement('b'));
    await settled();
    expect(names()).to.deep.equal(['#document', 'ul']);
    inner.append(document.createElement('i'));
    await settled();
    expect(names()).to.deep.equal(['#document', 'ul', 'i']);
  });

  it('shows an element whose data-rt is set or changed, and none for anything else', async () => {
    root.setAttribute('data-rt', 'a');
    root.setAttribute('data-rt-label', 'b');
    root.className = 'c';
    await settled();
    expect(names()).to.deep.equal(['#document', 'main']);
  });

  it('sees into a root of its own that is named', async () => {
    const shadow = root.attachShadow({ mode: 'open' });
    watchRoot(shadow);
    shadow.append(document.createElement('b'));
    await settled();
    expect(names()).to.deep.equal(['#document', 'b']);
  });

  it('shows nothing to one who has stopped, and goes on for another', async () => {
    const others: ParentNode[] = [];
    const stopOther = watchPage((comers) => others.push(...comers));
    stop();
    root.append(document.createElement('b'));
    await settled();
    expect([seen.length, others.length]).to.deep.equal([1, 2]);
    stopOther();
    root.append(document.createElement('b'));
    await settled();
    expect(others.length).to.equal(2);
  });

  it('finds elements with the root itself among them', () => {
    root.innerHTML = '<main><b></b></main>';
    expect(within(root, 'main').length).to.equal(2);
    expect(within(root, 'b').length).to.equal(1);
    expect(within(document.createElement('b'), 'b').length).to.equal(1);
  });
});
