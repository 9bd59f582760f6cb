// SPDX-License-Identifier: Apache-2.0
// A real Chromium, and a little web server that plays the business's own website.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { freePort, sourcedir } from './server.mjs';

export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((file) => existsSync(file));

export function launch() {
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

const axeSource = () => readFileSync(
  path.join(sourcedir, 'tests/node_modules/axe-core/axe.min.js'), 'utf8');

// Runs axe in the page (or frame) and gives what is serious or worse.
export async function axe(page) {
  await page.evaluate(axeSource());
  const result = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return result.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).join(', ')})`);
}

// A website of a business with a strict policy that embeds the widget.
export async function website(desk, agent, { policy = true, body = '' } = {}) {
  const port = await freePort();
  const html = (title) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
    <title>${title}</title><script async src="${desk}/widget.js" data-agent="${agent}"></script>
    </head><body><main><h1>${title}</h1><p>Welcome.</p>${body}</main></body></html>`;
  const server = createServer((request, response) => {
    const headers = { 'Content-Type': 'text/html; charset=utf-8' };
    if (policy) {
      headers['Content-Security-Policy'] =
        `default-src 'none'; script-src ${desk}; frame-src ${desk}`;
    }
    response.writeHead(200, headers);
    response.end(html('The club ' + request.url));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { origin: `http://localhost:${port}`, close: () => server.close() };
}
