// SPDX-License-Identifier: Apache-2.0
// The widget on somebody else's website.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { axe, chromiumPath, launch, website } from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

const skip = chromiumPath ? false : 'no Chromium on this machine';
let server;
let browser;
let site;
before(async () => {
  if (skip) return;
  server = await Server.start({ config: 'limits: {chat_per_minute: 0}\n' });
  browser = await launch();
  site = await website(server.origin, 'fox-hollow');
});
after(async () => {
  site?.close();
  await browser?.close();
  await server?.end();
});

async function openSite(context) {
  const page = await context.newPage();
  page.problems = [];
  page.on('console', (m) => { if (m.type() === 'error') page.problems.push(m.text()); });
  page.on('pageerror', (e) => page.problems.push(String(e)));
  await page.goto(site.origin + '/');
  await page.waitForSelector('switchboard-chat');
  return page;
}

async function openWidget(page) {
  await page.locator('switchboard-chat button').click();
  const frame = page.frameLocator('switchboard-chat iframe');
  await frame.locator('.message').first().waitFor();
  return frame;
}

test('works under a strict policy, with nothing inline', { skip }, async () => {
  const context = await browser.newContext();
  const page = await openSite(context);
  const frame = await openWidget(page);
  await frame.locator('#message').fill('What are your green fees?');
  await frame.locator('#send').click();
  await frame.locator('.theirs').nth(1).waitFor();
  assert.deepEqual(page.problems.filter((p) => !/favicon/.test(p)), []);
  await context.close();
});

test('is found again by the same visitor on another page of the site', { skip }, async () => {
  const context = await browser.newContext();
  const page = await openSite(context);
  const frame = await openWidget(page);
  await frame.locator('#message').fill('Do you rent clubs?');
  await frame.locator('#send').click();
  await frame.locator('.theirs').nth(1).waitFor();
  await page.goto(site.origin + '/rates');
  const again = await openWidget(page);
  await again.locator('.mine', { hasText: 'Do you rent clubs?' }).waitFor();
  assert.ok(!page.frames().some((f) => /v_[\w-]{16}/.test(f.url())), 'no token in an address');
  await context.close();
});

test('Escape closes it and gives the focus back', { skip }, async () => {
  const context = await browser.newContext();
  const page = await openSite(context);
  const frame = await openWidget(page);
  assert.equal(await page.locator('switchboard-chat button').getAttribute('aria-expanded'), 'true');
  await frame.locator('#message').press('Escape');
  await page.waitForFunction(() => document.querySelector('switchboard-chat').shadowRoot
    .querySelector('button').getAttribute('aria-expanded') === 'false');
  const focused = await page.evaluate(() => document.querySelector('switchboard-chat').shadowRoot.activeElement?.tagName);
  assert.equal(focused, 'BUTTON');
  await context.close();
});

test('the button takes the colour of the receptionist', { skip }, async () => {
  const context = await browser.newContext();
  const page = await openSite(context);
  await openWidget(page);
  await page.waitForFunction(() => document.querySelector('switchboard-chat')
    .style.getPropertyValue('--brand') === '#0b6e4f');
  await context.close();
});

test('ignores messages of other origins', { skip }, async () => {
  const context = await browser.newContext();
  const page = await openSite(context);
  await openWidget(page);
  await page.evaluate(() => {
    window.postMessage({ switchboard: 1, type: 'ids', visitor: 'evil', conversation: 'evil' }, '*');
  });
  await page.waitForTimeout(100);
  const stored = await page.evaluate(() => localStorage.getItem('switchboard:fox-hollow'));
  assert.doesNotMatch(stored || '', /evil/);
  await context.close();
});

test('a single-page site can take it away and bring it back', { skip }, async () => {
  const context = await browser.newContext();
  const page = await openSite(context);
  await page.evaluate(() => { Switchboard.destroy(); });
  assert.equal(await page.locator('switchboard-chat').count(), 0);
  await page.evaluate(() => { history.pushState({}, '', '/about'); Switchboard.boot(); });
  await openWidget(page);
  await context.close();
});

test('axe finds nothing serious on the page with the widget open', { skip }, async () => {
  const context = await browser.newContext();
  const page = await (async () => {
    const plain = await website(server.origin, 'fox-hollow', { policy: false });
    const p = await context.newPage();
    await p.goto(plain.origin);
    await p.waitForSelector('switchboard-chat');
    p.plain = plain;
    return p;
  })();
  await openWidget(page);
  assert.deepEqual(await axe(page), []);
  page.plain.close();
  await context.close();
});

test('the loader is under 5 KB and the whole under 30 KB, compressed', { skip }, async () => {
  const size = async (path) => gzipSync(Buffer.from(await (await fetch(server.origin + path)).arrayBuffer()), { level: 9 }).length;
  const loader = await size('/widget.js');
  let whole = loader;
  for (const path of ['/chat/fox-hollow', '/chat.js', '/chat-socket.js', '/chat-view.js', '/chat.css']) whole += await size(path);
  assert.ok(loader < 5 * 1024, `loader ${loader}`);
  assert.ok(whole < 30 * 1024, `whole ${whole}`);
});
