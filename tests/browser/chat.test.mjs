// SPDX-License-Identifier: Apache-2.0
// The chat page in a real Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, chromiumPath, launch } from '../support/browser.mjs';
import { Server, until } from '../support/server.mjs';

const skip = chromiumPath ? false : 'no Chromium on this machine';
let server;
let browser;
before(async () => {
  if (skip) return;
  server = await Server.start({ config: 'limits: {chat_per_minute: 0}\n' });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.end();
});

async function openChat(options = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 900 }, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on('console', (m) => { if (m.type() === 'error') page.problems.push(m.text()); });
  page.on('pageerror', (e) => page.problems.push(String(e)));
  await page.goto(server.origin + '/chat/fox-hollow');
  await page.waitForSelector('.theirs');
  return page;
}

async function say(page, text) {
  const before = await page.locator('.theirs').count();
  await page.fill('#message', text);
  await page.keyboard.press('Enter');
  await page.waitForFunction((n) => document.querySelectorAll('.theirs').length > n &&
    document.getElementById('typing').hidden, before);
  await page.waitForTimeout(100);
  return page.locator('.theirs .text').last().innerText();
}

test('greets, answers with a source and keeps the conversation over a reload', { skip }, async () => {
  const page = await openChat();
  assert.match(await page.locator('#business').innerText(), /Fox Hollow/);
  const answer = await say(page, 'What are your green fees?');
  assert.ok(answer.length > 10);
  await say(page, 'Thank you');
  const count = await page.locator('.message').count();
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll('.message').length >= 4);
  assert.equal(await page.locator('.message').count(), count - 1, 'everything but the greeting');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a quick prompt is one click', { skip }, async () => {
  const page = await openChat();
  await page.locator('.chip').first().click();
  await page.waitForFunction(() => document.querySelectorAll('.theirs').length >= 2);
  assert.equal(await page.locator('.chip').count(), 0);
  await page.context().close();
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing serious (${scheme})`, { skip }, async () => {
    const page = await openChat({ colorScheme: scheme });
    await page.waitForSelector('.chip');
    assert.deepEqual(await axe(page), [], 'before anything was said');
    await say(page, 'How much is a round on Saturday?');
    assert.deepEqual(await axe(page), []);
    await page.context().close();
  });
}

test('the keyboard alone is enough', { skip }, async () => {
  const page = await openChat();
  await page.locator('body').press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.className), /skip/);
  await page.keyboard.press('Enter');
  await page.focus('#message');
  await page.keyboard.type('Do you have a dress code?');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.theirs').length >= 2);
  await page.focus('#scroll');
  await page.keyboard.press('ArrowUp');
  assert.match(await page.evaluate(() => document.activeElement.className), /message/);
  await page.context().close();
});

test('a screen reader hears a finished answer once, not its pieces', { skip }, async () => {
  const page = await openChat();
  await page.evaluate(() => {
    globalThis.heard = [];
    new MutationObserver(() => globalThis.heard.push(document.getElementById('announce').textContent))
      .observe(document.getElementById('announce'), { childList: true, characterData: true, subtree: true });
  });
  const answer = await say(page, 'Do you have a dress code?');
  const heard = await page.evaluate(() => globalThis.heard);
  assert.equal(heard.length, 1);
  assert.equal(heard[0].replace(/\s+/g, ' ').trim(), answer.replace(/\s+/g, ' ').trim());
  assert.equal(await page.getAttribute('#scroll', 'aria-live'), 'off');
  await page.context().close();
});

test('fits a phone and a right-to-left page without scrolling sideways', { skip }, async () => {
  const page = await openChat({ viewport: { width: 360, height: 640 } });
  await say(page, 'How do I get there?');
  await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false);
  const mine = await page.locator('.mine').first().boundingBox();
  const theirs = await page.locator('.theirs').first().boundingBox();
  assert.ok(mine.x < theirs.x, 'my words are on the left in a right-to-left page');
  const touch = await page.evaluate(() => [...document.querySelectorAll('button:not([hidden])')]
    .map((b) => b.getBoundingClientRect()).filter((r) => r.width).every((r) => r.width >= 24 && r.height >= 24));
  assert.ok(touch);
  await page.context().close();
});

test('what is typed while the server is away is sent when it is back', { skip }, async () => {
  const page = await openChat();
  await say(page, 'Hello');
  for (const pid of server.workers()) process.kill(pid, 'SIGKILL');
  await page.fill('#message', 'Is there a practice green?');
  await page.keyboard.press('Enter');
  await until('answered after the restart', async () => {
    const mine = await page.locator('.mine.pending').count();
    return mine === 0 && (await page.locator('.theirs').count()) >= 3;
  }, 60000);
  const texts = await page.locator('.mine .text').allInnerTexts();
  assert.equal(texts.filter((t) => t === 'Is there a practice green?').length, 1);
  await page.context().close();
});

test('markup in a message stays text', { skip }, async () => {
  const page = await openChat();
  await say(page, '<img src=x onerror=alert(1)><b>bold</b>');
  assert.equal(await page.locator('.mine img, .mine b').count(), 0);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
