/**
 * Long polling against nginx's nchan as Debian ships it, with nothing of ours on the server: its `ETag` and
 * `Last-Modified` are the cursor. Needs `nginx` and `libnginx-mod-nchan`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readAddress } from '../../src/feed/address.js';
import { Membership } from '../../src/feed/membership.js';
import { DEFAULT_POLICY } from '../../src/feed/policy.js';
import { poolOf } from '../../src/feed/pool.js';
import type { RtError } from '../../src/kernel/errors.js';
import { nodeEnv } from '../support/node-env.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { freePort } from '../support/program.js';

const MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so';

const configuration = (folder: string, port: number): string => `
load_module ${MODULE};
daemon off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location /publish { nchan_publisher; nchan_channel_id all; nchan_message_buffer_length 1000; }
    location /poll { nchan_subscriber longpoll; nchan_channel_id all; nchan_subscriber_first_message oldest; }
  }
}`;

/** A running nginx, and what is published on it. */
const startNginx = async (): Promise<{
  readonly port: number;
  publish(value: unknown): Promise<void>;
  stop(): void;
}> => {
  const folder = mkdtempSync(join(tmpdir(), 'nchan-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port));
  const nginx: ChildProcess = spawn('/usr/sbin/nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const publish = async (value: unknown): Promise<void> => {
    const body = JSON.stringify({ channel: 'a', data: value });
    const response = await fetch(`http://127.0.0.1:${port}/publish`, { method: 'POST', body });
    await response.text();
  };
  for (let ready = false; !ready;) {
    ready = await publish('first').then(
      () => true,
      () => false,
    );
  }
  return {
    port,
    publish,
    stop: () => {
      nginx.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      nginx.kill();
    },
  };
};

describe('long polling from nchan', () => {
  it('brings every message once and in order, over cuts too', async function () {
    if (!existsSync(MODULE)) this.skip();
    const nginx = await startNginx();
    const proxy = await TcpProxy.start(nginx.port);
    const data: unknown[] = [];
    const errors: RtError[] = [];
    let heard: () => void = () => undefined;
    const until = (holds: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        heard = () => {
          if (holds()) resolve();
        };
        heard();
      });
    const env = nodeEnv();
    const membership = new Membership(
      env,
      poolOf(env),
      {
        messages: (messages) => {
          data.push(...messages.map((message) => message.data));
          heard();
        },
        confirmed: () => undefined,
        changed: () => heard(),
        error: (error) => errors.push(error),
        gap: () => undefined,
      },
      100,
    );
    const origin = `http://127.0.0.1:${proxy.port}`;
    const address = readAddress(`${origin}/poll`, origin);
    if (!address.ok) throw new Error(address.problem);
    try {
      membership.setSources([
        {
          address: address.value,
          policy: { ...DEFAULT_POLICY, transport: 'long-polling', reconnectDelay: 20, maxReconnectDelay: 50 },
          credentials: 'same-origin',
          headers: {},
          protocols: [],
          hello: undefined,
          closeHidden: false,
        },
      ]);
      await until(() => data.length === 1);
      for (let value = 1; value <= 60; value++) {
        await nginx.publish(value);
        // What is published while the connection is away is kept by the server.
        if (value % 10 === 0) proxy.cut();
      }
      await until(() => data.includes(60));
      expect(data).to.deep.equal(['first', ...Array.from({ length: 60 }, (_, index) => index + 1)]);
      expect(errors.map(({ code }) => code).filter((code) => code !== 'network')).to.deep.equal([]);
      expect(membership.view.transport).to.equal('long-polling');
    } finally {
      membership.dispose();
      await proxy.close();
      nginx.stop();
    }
  });
});
