import { expect } from 'chai';
import { HeightTeller, hostOrigin } from '../../src/embed/page-height.js';

describe('who is told the height', () => {
  it('is the origin of the referrer, without path and default port', () => {
    expect(hostOrigin('https://blog.example:443/post?x=1')).to.equal('https://blog.example');
    expect(hostOrigin('http://127.0.0.1:8080/')).to.equal('http://127.0.0.1:8080');
  });

  it('is nobody where the referrer is none, or has no origin', () => {
    for (const referrer of ['', 'about:client', 'file:///x', 'data:,', 'no url', '*']) {
      expect(hostOrigin(referrer), referrer).to.equal(undefined);
    }
  });
});

describe('the height of an embed page', () => {
  const told: number[] = [];
  const teller = (): HeightTeller => {
    told.length = 0;
    return new HeightTeller((height) => told.push(height));
  };

  it('is told on change alone, in whole pixels', () => {
    const one = teller();
    for (const height of [99.2, 99.2, 100, 99.5, 120, 80]) one.see({ height, width: 300, hasBar: false });
    expect(told).to.deep.equal([100, 120, 80]);
  });

  it('is told again without the scroll bar that a low frame had at first', () => {
    const one = teller();
    one.see({ height: 120, width: 300, hasBar: true });
    one.see({ height: 100, width: 300, hasBar: false });
    expect(told).to.deep.equal([120, 100]);
  });

  /** A host that gives a frame what it asks for, less its own border, around text that wraps beside a scroll bar. */
  const host = (border: number): { readonly see: (text: number) => void } => {
    const one = teller();
    let frame = 150;
    const see = (text: number): void => {
      for (let hasBar = text > frame - border, steps = 0; ; steps++) {
        const before = told.length;
        one.see({ height: hasBar ? text + 20 : text, width: 300, hasBar });
        if (told.length > before) frame = told.at(-1) ?? frame;
        const next = text > frame - border;
        if (next === hasBar && told.length === before) return;
        if (steps > 20) throw new Error(`It goes in a circle: ${told.join(' ')}`);
        hasBar = next;
      }
    };
    return { see };
  };

  it('comes to rest with a host whose frames have a border inside their height', () => {
    const { see } = host(4);
    see(200);
    see(300);
    see(180);
    expect(told.length).to.be.at.most(15);
    expect(told.at(-1)).to.equal(200);
  });

  it('is told again at another width, where another height was too low', () => {
    const one = teller();
    for (let times = 0; times < 4; times++) {
      one.see({ height: 120, width: 320, hasBar: false });
      one.see({ height: 140, width: 200, hasBar: true });
    }
    expect(told).to.deep.equal([120, 140, 120, 140, 120, 140, 120, 140]);
  });

  it('is exact with a host that has none', () => {
    const { see } = host(0);
    see(200);
    expect(told).to.deep.equal([220, 200]);
    see(100);
    expect(told.at(-1)).to.equal(100);
  });
});
