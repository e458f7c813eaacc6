/**
 * The event stream standard (HTML, "Server-sent events"), held against our reader: the cases of the Web Platform Tests'
 * folder `eventsource/`, each by its file's name, in our own words. What a stream means is held against the browser's own
 * `EventSource` as well, so that a mistake in the restating shows.
 *
 * Our client is no `EventSource`, and it differs on purpose:
 *
 * | cases | what we do instead, and why |
 * |---|---|
 * | `eventsource-prototype`, `-readyState`, `-eventtarget`, `-onmessage-trusted`, `-onmessage-realm`, `interfaces`, `-constructor-no-new`, `-constructor-stringify` | There is no such object: a feed has `status`, events of its own and attributes, which are text. |
 * | `eventsource-constructor-document-domain`, `-url-multi-window` | A feed has one document, whose base its address is relative to; `document.domain` has no say in fetch. |
 * | `dedicated-worker/`, `shared-worker/` | Elements live in documents alone. |
 * | `eventsource-from-readable-stream`, `-fetch` (a proposal) | A source is an address. What these cases say of parsing is said here. |
 * | `format-field-id-2`, `-3`: each later event carries the last id | A message's `id` is its event's own `id:` line, for only by that may a replayed one be known. The last id is kept as the standard says, and sent with each reconnect. |
 * | `format-field-retry`, `-bogus`: the pause is what `retry:` says | It is at least that, and jitter on top: many clients must not come back at one moment. Not more than 5 minutes. The standard leaves more waiting to the client. |
 * | `request-status-error`: 503 ends it | 408, 425, 429 and 5xx pass by themselves: they are tried again, as `Retry-After` says. The others end it here, too; a source that has worked is asked again every 5 minutes. |
 * | `eventsource-cross-origin`: a refusal by CORS ends it | A page cannot tell it from a network that is away: it is tried again, and told which header is missing. |
 * | `eventsource-cross-origin-preflight`: a safe `Last-Event-ID` goes without asking | For a page's own fetch a browser asks for each. A server that refuses is remembered and told of. |
 * | `request-credentials`: default | The same: none across origins. The words are fetch's (`include`, `omit`). |
 * | `eventsource-request-cancellation`: `window.stop()` ends it | It is an end of the network like any other, and the feed stays wanted: it comes back. `disconnect()` ends it. |
 * | `submissions/MOSQUITO/`: by a server of its own | The same cases as `request-accept`, `format-field-event`, `eventsource-onopen`. |
 */
import { expect } from 'chai';
import { readAddress } from '../../src/feed/address.js';
import { sourceOf, type LiveConnection, type LiveOptions } from '../support/live-connection.js';
import { WireFixture } from '../support/wire-fixture.js';
import type { WireRequest } from '../support/wire.js';

/** An event's name and data. */
type Seen = readonly [event: string, data: string];

const BOM = '\uFEFF';
const STAR = { 'access-control-allow-origin': '*' };

/** What a stream means: its text, and the events in it. Each stream ends where its text does. */
interface Case {
  readonly file: string;
  readonly says: string;
  readonly stream: string;
  readonly events: readonly Seen[];
  readonly type?: string;
  /** True where Chromium’s own client does otherwise than the standard says. */
  readonly alone?: boolean;
}

const CASES: readonly Case[] = [
  {
    file: 'event-data',
    says: 'fields of other names, and data in capitals, make no event; data without a colon is empty',
    stream: 'data:a\ndata: b\n\n:\nother: a\n\nother: a\nDATA: a\n\ndata\n\ndata: last\n\n',
    events: [
      ['message', 'a\nb'],
      ['message', ''],
      ['message', 'last'],
    ],
  },
  {
    file: 'format-bom',
    says: 'one byte order mark is taken off the start, and nowhere else',
    stream: `${BOM}data: a\n\n${BOM}data: b\n\ndata: c\n\n`,
    events: [
      ['message', 'a'],
      ['message', 'c'],
    ],
  },
  {
    file: 'format-bom-2',
    says: 'a second byte order mark at the start belongs to the first field’s name',
    stream: `${BOM}${BOM}data: a\n\ndata: b\n\n`,
    events: [['message', 'b']],
  },
  {
    file: 'format-comments',
    says: 'comments, empty, long, with NUL or with what looks like a field, are no part of the event around them',
    stream: `data: a\r:\0\n:\r\ndata: b\n:${'-'.repeat(3_000)}\rdata: c\n:data: x\r:${'-'.repeat(3_000)}\ndata: d\n\n`,
    events: [['message', 'a\nb\nc\nd']],
  },
  {
    file: 'format-data-before-final-empty-line',
    says: 'what no blank line ends is no event',
    stream: 'data: whole\n\nid: 1\ndata: cut off',
    events: [['message', 'whole']],
  },
  {
    file: 'format-data-before-final-empty-line',
    says: 'nor is it when its last line has ended',
    stream: 'data: whole\n\ndata: cut off\n',
    events: [['message', 'whole']],
  },
  {
    file: 'format-field-data',
    says: 'data may be empty, and each line of it counts',
    stream: 'data:\n\ndata\ndata\n\ndata:a\n\n',
    events: [
      ['message', ''],
      ['message', '\n'],
      ['message', 'a'],
    ],
  },
  {
    file: 'format-field-event',
    says: 'a name is that of one event',
    stream: 'event: named\ndata: a\n\ndata: b\n\n',
    events: [
      ['named', 'a'],
      ['message', 'b'],
    ],
  },
  {
    file: 'format-field-event-empty',
    says: 'an empty name is none',
    stream: 'event: \ndata: a\n\nevent: named\nevent\ndata: b\n\n',
    events: [
      ['message', 'a'],
      ['message', 'b'],
    ],
  },
  {
    file: 'format-field-parsing',
    says: 'names are exact; one space after the colon is taken off; NUL is a character like others',
    stream:
      'data:\0\ndata:  a\rData: x\ndata\0: x\ndata: b\r\0data: x\nda-ta: x\rdata_x\ndata: c\rdata:\r\n data: x\ndata:d\n\n',
    events: [['message', '\0\n a\nb\nc\n\nd']],
  },
  {
    file: 'format-field-retry-empty',
    says: 'retry without a number changes nothing',
    stream: 'retry\ndata: a\n\n',
    events: [['message', 'a']],
  },
  {
    file: 'format-field-unknown',
    says: 'unknown fields, and lines that begin with a space, are passed over',
    stream: 'data: a\n data\ndata\nunknown: x\nno field at all\n:a comment\ndata: b\n\n',
    events: [['message', 'a\n\nb']],
  },
  {
    file: 'format-leading-space',
    says: 'a tab stays; a value of one space is empty',
    stream: 'data:\ta\rdata: \ndata: b\n\n',
    events: [['message', '\ta\n\nb']],
  },
  {
    file: 'format-newlines',
    says: 'lines end by CR, LF or CRLF, mixed in one event',
    stream: 'data: a\r\ndata\ndata: b\r\n\rdata: c\r\rdata: d\n\r\n',
    events: [
      ['message', 'a\n\nb'],
      ['message', 'c'],
      ['message', 'd'],
    ],
  },
  {
    file: 'format-null-character',
    says: 'NUL may be all of the data',
    stream: 'data: \0\n\n',
    events: [['message', '\0']],
  },
  {
    file: 'format-utf-8',
    says: 'a stream is UTF-8, whatever charset is said',
    alone: true, // Chromium refuses any other charset
    type: 'text/event-stream;charset=windows-1252',
    stream: 'data: fine…\n\n',
    events: [['message', 'fine…']],
  },
  {
    file: 'format-mime-trailing-semicolon',
    says: 'a semicolon after the type says nothing',
    type: 'text/event-stream;',
    stream: 'data: a\n\n',
    events: [['message', 'a']],
  },
];

/** What the browser's own client makes of a stream, read to its end. */
const nativeEvents = (address: string, names: Iterable<string>): Promise<readonly Seen[]> =>
  new Promise((resolve) => {
    const source = new EventSource(address);
    const seen: Seen[] = [];
    for (const name of new Set(names)) {
      source.addEventListener(name, (event: MessageEvent<string>) => seen.push([name, event.data]));
    }
    source.onerror = () => {
      source.close();
      resolve(seen);
    };
  });

describe('the event stream standard', () => {
  const fixture = new WireFixture();
  /** Every event as our reader hears it, before any decoding. */
  let seen: Seen[];

  beforeEach(() => {
    seen = [];
  });

  const connect = (address: string, options: LiveOptions = {}): LiveConnection =>
    fixture.connect(address, { transport: 'sse', ...options }, (connection) =>
      connection.setDecode(({ data, event }) => {
        seen.push([event ?? 'message', typeof data === 'string' ? data : 'binary']);
        // A message each, so that the test hears of it.
        return { channel: 'seen', data };
      }),
    );

  const open = async (options: LiveOptions = {}): Promise<{ live: LiveConnection; request: WireRequest }> => {
    const live = connect(fixture.wire.here(), options);
    const request = await fixture.wire.request(0);
    await request.stream();
    return { live, request };
  };

  /** Plays streams one after another, each a connection of its own. Resolves with the id that the next one asks for. */
  const idAfter = async (...streams: readonly string[]): Promise<string | undefined> => {
    connect(fixture.wire.here());
    for (const [index, stream] of streams.entries()) {
      const request = await fixture.wire.request(index);
      await request.stream();
      await request.write(stream);
      await request.end();
    }
    const next = await fixture.wire.request(streams.length);
    const header = next.seen.headers['last-event-id'];
    // Node hands a header on byte for byte.
    return header && new TextDecoder().decode(Uint8Array.from(header, (char) => char.charCodeAt(0)));
  };

  /** The pause that follows a stream. */
  const pauseAfter = async (stream: string): Promise<number> => {
    const { live, request } = await open();
    await request.write(stream);
    await live.until(() => live.messages.length > 0);
    const before = performance.now();
    await request.end();
    await live.until(() => live.status === 'reconnecting');
    return (live.connection.view.retryAt ?? 0) - before;
  };

  describe('what a stream means', () => {
    for (const { file, says, stream, events, type = 'text/event-stream', alone = false } of CASES) {
      it(`${file}: ${says}`, async () => {
        const play = async (index: number): Promise<void> => {
          const request = await fixture.wire.request(index);
          await request.answer(200, stream, { 'content-type': type });
        };
        if (!alone) {
          const names = events.map(([name]) => name);
          const native = nativeEvents(fixture.wire.here(), names);
          await play(0);
          expect(await native, 'by the browser itself').to.deep.equal(events);
        }

        const live = connect(fixture.wire.here());
        await play(alone ? 0 : 1);
        await live.until(() => live.status === 'reconnecting');
        expect(seen).to.deep.equal(events);
      });
    }

    it('a stream means the same in pieces of one byte', async () => {
      for (const [index, { stream, events, type = 'text/event-stream' }] of CASES.entries()) {
        const live = connect(fixture.wire.here(String(index)));
        const request = await fixture.wire.request(index);
        await request.head(200, { 'content-type': type });
        const bytes = new TextEncoder().encode(stream.replace(/-{2,}/g, '--'));
        // Sent one after another, without waiting for the server's word on each.
        await Promise.all(Array.from(bytes, (byte) => request.write(Uint8Array.of(byte))));
        await live.until(() => seen.length === events.length);
        expect(seen).to.deep.equal(events);
        live.connection.disconnect();
        seen = [];
      }
    });
  });

  describe('what is kept of a stream', () => {
    it('format-field-id: the last id is asked for, as UTF-8', async () => {
      expect(await idAfter('id: …\ndata: a\n\n')).to.equal('…');
    });

    it('format-field-id-2: it stays over connections that bring none', async () => {
      expect(await idAfter('id: …\ndata: a\n\n', 'data: b\n\n', ': nothing\n\n')).to.equal('…');
    });

    it('format-field-id-3: it stays over events without', async () => {
      expect(await idAfter('id: 1\ndata: a\n\ndata: b\n\n')).to.equal('1');
    });

    it('format-field-id-3: it changes', async () => {
      expect(await idAfter('id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\n')).to.equal('2');
    });

    it('format-field-id-3: an empty one takes it back', async () => {
      expect(await idAfter('id: 1\ndata: a\n\nid:\ndata: b\n\ndata: c\n\n')).to.equal(undefined);
      expect(await fixture.wire.requests()).to.have.length(2);
    });

    it('format-field-id-3: a field without colon takes it back, too', async () => {
      expect(await idAfter('id: 1\ndata: a\n\nid\ndata: b\n\n')).to.equal(undefined);
    });

    for (const id of ['\0\0', 'a\0', '\0a', 'a\0a', ' \0']) {
      it(`format-field-id-null: ${JSON.stringify(id)} is no id`, async () => {
        expect(await idAfter(`id: ${id}\ndata: a\n\n`)).to.equal(undefined);
      });
    }

    it('format-data-before-final-empty-line: an event that was cut off leaves no id', async () => {
      expect(await idAfter('data: a\n\nid: 1\ndata: b')).to.equal(undefined);
    });

    it('format-field-retry: the pause is decimal, whatever it begins with', async () => {
      expect(await pauseAfter('retry: 02000\ndata: a\n\n')).to.be.within(2_000, 3_100);
    });

    it('format-field-retry-bogus: what is no number is passed over', async () => {
      expect(await pauseAfter('retry: 2000\nretry: 1000x\ndata: a\n\n')).to.be.within(2_000, 3_100);
    });

    it('format-field-retry-empty: an empty one is passed over', async () => {
      expect(await pauseAfter('retry: 2000\nretry\nretry:\ndata: a\n\n')).to.be.within(2_000, 3_100);
    });
  });

  describe('what is asked', () => {
    it('request-accept: an event stream alone', async () => {
      const { request } = await open();
      expect(request.seen.headers).to.include({ accept: 'text/event-stream' });
    });

    it('is asked for by GET, and without a body', async () => {
      const { request } = await open();
      expect(request.seen.method).to.equal('GET');
      expect(request.seen.headers).to.not.have.any.keys('content-length', 'content-type', 'transfer-encoding');
    });

    for (const place of ['here', 'across'] as const) {
      it(`request-cache-control: no cache, ${place}, and again`, async () => {
        const address = fixture.wire[place]();
        for (const index of [0, 1]) {
          const live = connect(address);
          const request = await fixture.wire.request(index);
          expect(request.seen.headers).to.include({ 'cache-control': 'no-cache' });
          await request.stream({ ...STAR, 'cache-control': 'max-age=3600' });
          await live.until(() => live.status === 'connected');
          live.connection.disconnect();
        }
      });
    }

    it('eventsource-url: an address is relative to the document', async () => {
      const relative = fixture.wire.here().slice(1);
      expect(sourceOf(relative).address.url.href).to.equal(new URL(relative, document.baseURI).href);
      const live = connect(relative);
      await (await fixture.wire.request(0)).stream();
      await live.until(() => live.status === 'connected');
    });

    it('eventsource-constructor-empty-url: an empty one is the document’s own', () => {
      expect(sourceOf('').address.url.href).to.equal(document.baseURI);
    });

    it('eventsource-constructor-url-bogus: what is no URL is refused', () => {
      expect(readAddress('http://[this is invalid]/', document.baseURI).ok).to.equal(false);
    });

    it('eventsource-constructor-non-same-origin: schemes that no stream can come by are refused', () => {
      for (const address of [
        'ftp://example.test/',
        'about:blank',
        'mailto:someone@example.test',
        'javascript:alert(1)',
      ])
        expect(readAddress(address, document.baseURI).ok, address).to.equal(false);
    });
  });

  describe('what is answered', () => {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`request-redirect: ${status} within the origin is followed`, async () => {
        const live = connect(fixture.wire.here('from'));
        await (await fixture.wire.request(0)).answer(status, '', { location: fixture.wire.here('to') });
        const second = await fixture.wire.request(1);
        expect(second.seen).to.include({ path: fixture.wire.here('to'), method: 'GET' });
        await second.stream();
        await live.until(() => live.status === 'connected');
        expect(live.errors).to.deep.equal([]);
      });
    }

    const never = async (live: LiveConnection, status: 'error' | 'disconnected'): Promise<void> => {
      await live.until(() => live.status === status);
      expect(seen).to.deep.equal([]);
      expect(live.statuses).to.deep.equal(['connecting', status]);
      expect(await fixture.wire.requests()).to.have.length(1);
    };

    it('request-status-error: 204 ends it, and is no error', async () => {
      const live = connect(fixture.wire.here());
      await (await fixture.wire.request(0)).answer(204);
      await never(live, 'disconnected');
    });

    for (const status of [205, 210, 299, 404, 410]) {
      it(`request-status-error: ${status} ends it, whatever it holds`, async () => {
        const live = connect(fixture.wire.here());
        const request = await fixture.wire.request(0);
        // 205 has no body, in HTTP and in fetch.
        await request.answer(status, status === 205 ? '' : 'data: a\n\n', { 'content-type': 'text/event-stream' });
        await never(live, 'error');
      });
    }

    it('request-status-error: 503 is not read, and tried again', async () => {
      const live = connect(fixture.wire.here());
      const request = await fixture.wire.request(0);
      await request.answer(503, 'data: a\n\n', { 'content-type': 'text/event-stream' });
      await (await fixture.wire.request(1)).stream();
      await live.until(() => live.status === 'connected');
      expect(seen).to.deep.equal([]);
    });

    for (const type of ['x bogus', 'text/x-bogus', 'text/event-streams', 'text/event-stream2; a=b']) {
      it(`format-mime-bogus, format-mime-valid-bogus: ${type} ends it`, async () => {
        const live = connect(fixture.wire.here());
        await (await fixture.wire.request(0)).answer(200, 'data: a\n\n', { 'content-type': type });
        await never(live, 'error');
      });
    }
  });

  describe('the life of a connection', () => {
    it('eventsource-onopen, eventsource-readyState: it is connecting, and open from its headers on', async () => {
      const live = connect(fixture.wire.here());
      expect(live.status).to.equal('connecting');
      await (await fixture.wire.request(0)).stream();
      await live.until(() => live.status === 'connected');
      expect(seen).to.deep.equal([]);
    });

    it('eventsource-onmessage: an event is heard as it comes, and not at the end', async () => {
      const { live, request } = await open();
      await request.write('data: a\n\n');
      await live.until(() => live.messages.length === 1);
      expect(live.status).to.equal('connected');
    });

    it('eventsource-close: closed by the page, it is closed at once, and its request ended', async () => {
      const { live, request } = await open();
      await live.until(() => live.status === 'connected');
      live.connection.disconnect();
      expect(live.status).to.equal('disconnected');
      await request.gone();
    });

    it('eventsource-close: it comes back after each end, until 204', async () => {
      const live = connect(fixture.wire.here());
      for (const index of [0, 1]) {
        const request = await fixture.wire.request(index);
        await request.answer(200, 'data: a\n\n', { 'content-type': 'text/event-stream' });
        await live.until(() => live.statuses.length === 2 * index + 3);
      }
      await (await fixture.wire.request(2)).answer(204, '', { 'content-type': 'text/event-stream' });
      await live.until(() => live.status === 'disconnected');
      expect(live.statuses).to.deep.equal([
        'connecting',
        'connected',
        'reconnecting',
        'connected',
        'reconnecting',
        'disconnected',
      ]);
      expect(seen).to.have.length(2);
      expect(await fixture.wire.requests()).to.have.length(3);
    });

    it('eventsource-reconnect: a stream that ends without an event is opened again', async () => {
      const live = connect(fixture.wire.here());
      await (await fixture.wire.request(0)).answer(200, 'retry: 2\n', { 'content-type': 'text/event-stream' });
      const second = await fixture.wire.request(1);
      await second.stream();
      await second.write('data: a\n\n');
      await live.until(() => live.messages.length === 1);
    });

    it('eventsource-reconnect: between two streams it says that it is away, and that once', async () => {
      const { live, request } = await open();
      await request.write('retry: 2\ndata: a\n\n');
      await live.until(() => live.messages.length === 1);
      expect(live.errors).to.deep.equal([]);
      await request.end();
      const second = await fixture.wire.request(1);
      expect(live.status).to.equal('reconnecting');
      await second.stream();
      await second.write('data: b\n\n');
      await live.until(() => live.messages.length === 2);
      expect(live.codes.filter((code) => code === 'network')).to.have.length(1);
      expect(live.statuses).to.deep.equal(['connecting', 'connected', 'reconnecting', 'connected']);
    });

    it('eventsource-request-cancellation: ended before its answer, it tells nothing more', async () => {
      const live = connect(fixture.wire.here());
      const request = await fixture.wire.request(0);
      live.connection.disconnect();
      await request.gone();
      expect(live.statuses).to.deep.equal(['connecting', 'disconnected']);
      expect(live.errors).to.deep.equal([]);
    });

    it('eventsource-bfcache: it closes when the page is put away, and opens when it is back', async () => {
      const { live, request } = await open();
      await live.until(() => live.status === 'connected');
      window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      await request.gone();
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      await (await fixture.wire.request(1)).stream();
      await live.until(() => live.status === 'connected');
    });
  });

  describe('across origins', () => {
    const origin = { 'access-control-allow-origin': location.origin, 'access-control-allow-credentials': 'true' };

    it('eventsource-cross-origin: works where the server allows it', async () => {
      const live = connect(fixture.wire.across(), { credentials: 'include' });
      const request = await fixture.wire.request(0);
      expect(request.seen.headers).to.include({ origin: location.origin });
      await request.stream(origin);
      await request.write('data: a\n\n');
      await live.until(() => live.messages.length === 1);
    });

    it('eventsource-cross-origin: follows a redirect that is allowed, too', async () => {
      const live = connect(fixture.wire.across('from'), { credentials: 'include' });
      const location = fixture.wire.across('to');
      await (await fixture.wire.request(0)).answer(302, '', { ...origin, location });
      await (await fixture.wire.request(1)).stream(origin);
      await live.until(() => live.status === 'connected');
    });

    it('eventsource-cross-origin: comes back', async () => {
      const live = connect(fixture.wire.across(), { credentials: 'include' });
      const first = await fixture.wire.request(0);
      await first.stream(origin);
      await first.write('retry: 2\n');
      await first.end();
      await (await fixture.wire.request(1)).stream(origin);
      await live.until(() => live.statuses.length === 4);
      expect(live.status).to.equal('connected');
    });

    for (const [what, headers] of [
      ['another origin', { 'access-control-allow-origin': 'http://example.test' }],
      ['an empty one', { 'access-control-allow-origin': '' }],
      ['none', {}],
    ] as const) {
      it(`eventsource-cross-origin: a server that allows ${what} is never heard`, async () => {
        const live = connect(fixture.wire.across());
        const request = await fixture.wire.request(0);
        await request.stream(headers);
        await request.write('data: a\n\n');
        await live.until(() => live.errors.length > 0);
        expect(live.errors[0]?.message).to.include('Access-Control-Allow-Origin');
        expect(live.statuses).to.not.include('connected');
        expect(seen).to.deep.equal([]);
      });
    }

    for (const [what, id] of [
      ['safe', 'abc'],
      ['with characters that are not', 'a<b>c'],
      ['too long', 'a'.repeat(255)],
    ] as const) {
      it(`eventsource-cross-origin-preflight: an id that is ${what} is asked leave for, and sent`, async () => {
        await fixture.wire.ask('allow', { headers: { ...STAR, 'access-control-allow-headers': 'last-event-id' } });
        connect(fixture.wire.across());
        const first = await fixture.wire.request(0);
        expect(await fixture.wire.ask('preflights', {})).to.have.length(0);
        await first.answer(200, `id: ${id}\ndata: a\n\n`, { ...STAR, 'content-type': 'text/event-stream' });
        const second = await fixture.wire.request(1);
        const [preflight] = await fixture.wire.ask('preflights', {});
        expect(preflight?.headers['access-control-request-headers']).to.equal('last-event-id');
        expect(second.seen.headers['last-event-id']).to.equal(id);
      });
    }

    for (const [credentials, sent] of [
      ['include', true],
      ['omit', false],
      [undefined, false],
    ] as const) {
      it(`request-credentials: ${credentials ?? 'by default'}, a cookie is ${sent ? '' : 'not '}kept and sent`, async () => {
        // The same site under another port: another origin, to which a browser lets cookies go.
        const address = fixture.wire.across().replace('127.0.0.1', location.hostname);
        connect(address, credentials && { credentials });
        const first = await fixture.wire.request(0);
        expect(first.seen.headers).to.not.have.property('cookie');
        const cookie = `standard=1; Path=${new URL(address).pathname}; Max-Age=60`;
        await first.answer(200, 'data: a\n\n', {
          ...origin,
          'content-type': 'text/event-stream',
          'set-cookie': cookie,
        });
        const second = await fixture.wire.request(1);
        expect(second.seen.headers['cookie']).to.equal(sent ? 'standard=1' : undefined);
      });
    }
  });
});
