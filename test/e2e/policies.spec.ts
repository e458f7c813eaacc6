/** Pages that fight back: content security policies, Trusted Types, permissions, isolation, sandboxes; and chunks that do not come. */
import { type Page } from '@playwright/test';
import { CLASSIC_TAG, everything, expectDebug, expectHands, expectLife, expectQuiet, MODULE_TAG, serveEverything, type Wires } from './everything.js';
import { expect, test, type Scripted } from './scripted.js';
import { recorded, watch, type Watched } from './watching.js';

const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'";

const SCRIPTS = { module: MODULE_TAG, classic: CLASSIC_TAG };

interface Opened {
  readonly watched: Watched;
  readonly wires: Wires;
}

const open = async (
  page: Page,
  scripted: Scripted,
  pageHeaders: Readonly<Record<string, string>>,
  { head = MODULE_TAG, body = everything(), headers = {} } = {},
): Promise<Opened> => {
  Object.assign(scripted, { head, body });
  Object.assign(scripted.pageHeaders, pageHeaders);
  Object.assign(scripted.headers, headers);
  const wires = serveEverything(scripted);
  const watched = await watch(page);
  await page.goto(scripted.origin);
  return { watched, wires };
};

const csp = (policy: string): Record<string, string> => ({ 'Content-Security-Policy': policy });

/** All of it, with every button; and nobody complains. */
const expectAll = async (page: Page, { watched, wires }: Opened, copies = true): Promise<void> => {
  await expectLife(page, wires);
  await expectHands(page);
  await expectDebug(page, copies);
  await expectLife(page, wires, [56]);
  await expectQuiet(page, watched);
};

for (const [name, head] of Object.entries(SCRIPTS)) {
  test(`the ${name} script under the strictest policy: every element and transport works, without a violation`, async ({
    page,
    scripted,
  }) => {
    await expectAll(page, await open(page, scripted, csp(STRICT), { head }));
  });
}

test('a page that does violate its policy is caught: the check can fail', async ({ page, scripted }) => {
  const { watched } = await open(page, scripted, csp(STRICT), { body: '<p style="color: red">inline</p>' });
  await page.evaluate(() => {
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch {
        // A violation is what it is for.
      }
    };
    attempt(() => document.body.setAttribute('onclick', '1'));
    attempt(() => document.querySelector('p')?.setAttribute('style', 'display:none'));
    attempt(() => (document.body.innerHTML = '<b>text</b>'));
    attempt(() => document.head.append(Object.assign(document.createElement('style'), { textContent: 'b{}' })));
  });
  await expect.poll(async () => new Set((await recorded(page)).violations.map((text) => text.split(' ', 1)[0]))).toEqual(
    new Set(['style-src-attr', 'script-src-attr', 'require-trusted-types-for', 'style-src-elem']),
  );
  expect(watched.faults.join()).toMatch(/Content Security Policy/);
});
