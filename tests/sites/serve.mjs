// SPDX-License-Identifier: Apache-2.0
// Serves one of the websites in this folder, with the manners of real ones: soft 404s,
// redirects, gzip, slow pages, a megabyte of markup, stray NULs, old charsets, calendars
// without end.
//
//     node tests/sites/serve.mjs golf 8099
//
// A site is a folder with site.json, layouts, pages/**.html and questions.json. A page
// begins with a comment of settings, one a line: layout, title, head (a file), and is
// put into its layout at {{body}}. {{origin}}, {{host}}, {{path}} and {{title}} are
// filled in everywhere.
import { createServer } from 'node:http';
import { readFileSync, readdirSync, statSync, existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

function walk(dir, prefix = '') {
  return readdirSync(dir).sort().flatMap((name) => {
    const file = path.join(dir, name);
    return statSync(file).isDirectory() ? walk(file, `${prefix}${name}/`) : [prefix + name];
  });
}

// "lessons/index.html" is /lessons/ where the site writes folders, else /lessons.html.
function address(file, style) {
  if (style === 'folders') return '/' + file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '/');
  return '/' + file.replace(/(^|\/)index\.html$/, '$1');
}

function settings(text) {
  const found = /^<!--\n([\s\S]*?)\n-->\n/.exec(text);
  if (!found) return { body: text };
  const set = { body: text.slice(found[0].length) };
  for (const line of found[1].split('\n')) {
    const [, key, value] = /^(\w+): ?(.*)$/.exec(line) || [];
    if (key) set[key] = value;
  }
  return set;
}

function load(name) {
  const dir = path.join(here, name);
  const site = JSON.parse(readFileSync(path.join(dir, 'site.json'), 'utf8'));
  site.dir = dir;
  site.pages = new Map();
  for (const file of walk(path.join(dir, 'pages'))) {
    const page = settings(readFileSync(path.join(dir, 'pages', file), 'utf8'));
    site.pages.set(address(file, site.style), page);
  }
  site.layouts = {};
  for (const file of readdirSync(dir))
    if (file.endsWith('.html')) site.layouts[file.slice(0, -5)] = readFileSync(path.join(dir, file), 'utf8');
  return site;
}

function fill(text, values) {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, key) => (key in values ? values[key] : whole));
}

function render(site, page, where, origin) {
  const values = { origin, host: new URL(origin).host, path: where, title: page.title || '' };
  if (page.layout === 'none') return fill(page.body, values);
  const layout = site.layouts[page.layout || 'layout'];
  return fill(fill(layout, { body: page.body, head: page.head ? site.layouts[page.head] || page.head : '' }), values);
}

// Windows-1252 for the characters that these pages use.
const cp1252 = { '€': 0x80, '‚': 0x82, '…': 0x85, '‘': 0x91, '’': 0x92, '“': 0x93, '”': 0x94, '•': 0x95, '–': 0x96, '—': 0x97, '™': 0x99 };

function encode(text, charset) {
  if (charset !== 'windows-1252') return Buffer.from(text, 'utf8');
  return Buffer.from([...text].map((c) => cp1252[c] || (c.codePointAt(0) < 256 ? c.codePointAt(0) : 0x3f)));
}

// Markup as page builders write it: deep, repeated, and saying nothing.
function padding(bytes) {
  const piece = '<div class="row row--x1 gutter"><div class="col col-xs-12"><div data-widget="spacer" style="height:0px;margin:0 auto" class="w w-17"><!-- spacer --><span aria-hidden="true"></span></div></div></div>\n';
  return piece.repeat(Math.ceil(bytes / piece.length));
}

function withNuls(buffer) {
  const parts = [];
  for (let at = 0; at < buffer.length; at += 97) parts.push(buffer.subarray(at, at + 97), Buffer.from([0]));
  return Buffer.concat(parts);
}

// A month's page that links to the next one, for ever.
function calendar(query) {
  const date = new Date((query.get('month') || '2026-05') + '-01T00:00:00Z');
  const month = (n) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + n, 1)).toISOString().slice(0, 7);
  let days = '';
  for (let day = 1; day <= 28; day++) days += `<td><a href="?month=${month(0)}&day=${day}">${day}</a></td>`;
  return `<!doctype html><title>Calendar ${month(0)}</title><h1>${month(0)}</h1>` +
    `<a href="?month=${month(-1)}">earlier</a> <a href="?month=${month(1)}">later</a><table><tr>${days}</tr></table>`;
}

function answer(site, request, origin) {
  const url = new URL(request.url, origin);
  const rule = (site.routes || {})[url.pathname] || {};
  if (rule.redirect) return { status: rule.status || 301, headers: { location: fill(rule.redirect, { origin }) }, body: '' };
  if (rule.status) return { status: rule.status, headers: rule.headers || {}, body: rule.body || '' };
  if (rule.calendar) return { status: 200, type: 'text/html', body: calendar(url.searchParams) };
  if (rule.file) {
    const text = fill(readFileSync(path.join(site.dir, rule.file), 'utf8'), { origin, host: url.host });
    const body = Buffer.from(text);
    return { status: 200, type: rule.type, body: rule.gz ? gzipSync(body) : body, raw: true };
  }
  const page = site.pages.get(url.pathname);
  if (!page && site.pages.has(url.pathname + '/')) return { status: 301, headers: { location: url.pathname + '/' }, body: '' };
  if (!page) {
    const status = site.soft404 ? 200 : 404;
    return { status, type: 'text/html; charset=utf-8', body: render(site, { title: 'Page not found', body: site.layouts['missing'] || 'Not found' }, url.pathname, origin) };
  }
  let text = render(site, page, url.pathname, origin);
  if (page.pad) text = text.replace('<!-- pad -->', padding(Number(page.pad)));
  let body = encode(text, page.charset);
  if (page.nuls) body = withNuls(body);
  const type = page.type || (page.charset ? 'text/html' : 'text/html; charset=utf-8');
  return { status: 200, type, body, slow: Number(page.slow || 0), headers: page.robots ? { 'x-robots-tag': page.robots } : {} };
}

// Starts a site; returns { origin, requests, close }.
export function serve(name, { port = 0, host = '127.0.0.1' } = {}) {
  const site = load(name);
  const requests = [];
  let origin;
  const server = createServer((request, response) => {
    requests.push(request.url);
    const got = answer(site, request, `http://${request.headers.host || new URL(origin).host}`);
    const headers = { 'content-type': got.type || 'text/plain', ...got.headers };
    let body = Buffer.isBuffer(got.body) ? got.body : Buffer.from(got.body || '');
    if (!got.raw && site.gzip && /gzip/.test(request.headers['accept-encoding'] || '') && body.length > 500) {
      body = gzipSync(body);
      headers['content-encoding'] = 'gzip';
    }
    if (site.modified && got.status === 200) headers['last-modified'] = new Date(site.modified).toUTCString();
    setTimeout(() => {
      response.writeHead(got.status, headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    }, got.slow || 0);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, host, () => {
      origin = `http://${host}:${server.address().port}`;
      resolve({ origin, requests, pages: [...site.pages.keys()], close: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }) });
    });
  });
}

export function questions(name) {
  return JSON.parse(readFileSync(path.join(here, name, 'questions.json'), 'utf8'));
}

export function names() {
  return readdirSync(here).filter((name) => existsSync(path.join(here, name, 'site.json')));
}

if (import.meta.url === pathToFileURL(process.argv[1] || '').href) {
  const [name, port] = process.argv.slice(2);
  if (!names().includes(name)) {
    console.error(`usage: node serve.mjs ${names().join('|')} [port]`);
    process.exit(2);
  }
  const site = await serve(name, { port: Number(port || 0) });
  console.log(site.origin);
}
