// SPDX-License-Identifier: Apache-2.0
// The built-in crawler and the reader of pages on whole websites: the samples in
// tests/sites, and small ones made here to misbehave in one way each.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { execFileSync, spawn } from 'node:child_process';
import { createSecureServer } from 'node:http2';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { serve, questions, names } from '../sites/serve.mjs';

const tool = path.join(process.env.SB_TEST_BUILDDIR || path.resolve('build'), 'tests/tools/read_site');

async function read(url, { pages = 200, bytes = 4 << 20, known = [], env = {} } = {}) {
  const child = spawn(tool, [url, String(pages), String(bytes), ...known], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let out = '';
  let errors = '';
  child.stdout.on('data', (piece) => { out += piece; });
  child.stderr.on('data', (piece) => { errors += piece; });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.ok(!/Sanitizer|runtime error/.test(errors), errors);
  const lines = out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const of = (type) => lines.filter((line) => line.type === type);
  return {
    code, fetched: of('fetched'), pages: of('page'), error: of('error')[0], found: of('found').at(-1)?.total,
    page: (where) => of('page').find((page) => new URL(page.url).pathname + new URL(page.url).search === where),
    paths: of('page').map((page) => new URL(page.url).pathname + new URL(page.url).search),
    failed: of('fetched').filter((page) => page.failed),
  };
}

// A site from a function of the request; closes when the test ends.
async function site(context, handler) {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    const got = handler(request.url, requests, request) ?? { status: 404, body: 'no' };
    const { status = 200, type = 'text/html', headers = {}, body = '' } = typeof got === 'string' ? { body: got } : got;
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => { server.closeAllConnections(); server.close(); });
  return { origin: `http://127.0.0.1:${server.address().port}`, requests };
}

const words = (n, seed = '') => Array.from({ length: n }, (_, i) => `word${seed}${i}`).join(' ');
const link = (...urls) => urls.map((url) => `<a href="${url}">go</a>`).join(' ');

// ---- the samples ----

// What is in a site's folder but not to be read.
const unread = { golf: ['/thank-you/'], home: ['/admin/', '/print/brochure.html'], salon: [] };

for (const name of names()) {
  test(`the sample ${name} is read as a person would`, async (context) => {
    const sample = await serve(name);
    context.after(() => sample.close());
    const got = await read(sample.origin);
    assert.equal(got.code, 0);
    assert.deepEqual(sample.pages.filter((page) => !got.paths.includes(page)).sort(), unread[name] || []);
    assert.equal(new Set(got.paths).size, got.paths.length, 'no page twice');
    assert.ok(!got.paths.some((where) => /old-clubhouse|no-such|index\.html$/.test(where)), 'no page that is none');
    for (const page of got.pages)
      for (const block of page.blocks.filter((one) => !one.boilerplate))
        assert.doesNotMatch(block.text, /cookies|newsletter|Choose a date|Twilight from \$29|All rights reserved/);
  });

  test(`every answer to a question on ${name} is among what was read`, async (context) => {
    const sample = await serve(name);
    context.after(() => sample.close());
    const got = await read(sample.origin);
    for (const question of questions(name).filter((one) => one.match)) {
      const texts = got.pages.filter((page) => question.pages.includes(new URL(page.url).pathname))
        .flatMap((page) => [...page.blocks.map((block) => block.text), ...page.facts.map((fact) => fact.text)]);
      assert.match(texts.join('\n'), new RegExp(question.match, 'i'), question.ask);
    }
  });
}

test('the golf club: facts, charsets, big pages and traps', async (context) => {
  const sample = await serve('golf');
  context.after(() => sample.close());
  const got = await read(sample.origin);
  const notes = got.failed.map((page) => page.failed).join('\n');
  assert.match(notes, /another host \(staging\.marshpoint\.example\)/);
  assert.match(notes, /names this sitemap on another host/);
  assert.ok(got.paths.filter((where) => where.startsWith('/calendar')).length <= 4, 'the calendar has no end');
  assert.ok(!sample.requests.includes('/members-area/'), 'robots.txt says no');
  const fact = (where, kind, subject) => got.page(where).facts.filter((one) => one.kind === kind && one.subject === subject).map((one) => one.value);
  assert.deepEqual(fact('/contact/', 'hours', ''), ['Mo,Tu,We,Th 06:30-19:30', 'Fr,Sa,Su 06:00-20:00']);
  assert.deepEqual(fact('/pro-shop/', 'hours', 'Pro Shop'), ['Mo,Tu,We,Th 06:30-18:30', 'Fr,Sa,Su 06:00-19:00']);
  assert.ok(got.page('/contact/').facts.some((one) => one.kind === 'special_hours' && one.value === '2026-12-25 closed'));
  assert.ok(got.page('/rates/').facts.some((one) => one.kind === 'price' && one.text === 'Adult, Weekend (Fri–Sun & holidays) 18 holes: $79'));
  assert.equal(got.page('/rates/').modified, '2026-04-01');
  assert.equal(got.page('/news/2023-season-rates/').modified, '2023-03-15');
  assert.equal(got.page('/about/').charset, 'windows-1252');
  assert.match(got.page('/about/').blocks.map((block) => block.text).join(' '), /“the Squire”.*façade/);
  assert.match(got.page('/accessibility/').blocks.map((block) => block.text).join(' '), /SoloRider adaptive carts/);
  assert.match(got.page('/gallery/').blocks.map((block) => block.text).join(' '), /\$60 in the pro shop/);
  assert.ok(got.fetched.find((page) => page.url.endsWith('/gallery/')).bytes > 1 << 20);
});

test('the plumbers: forbidden pages are never asked for', async (context) => {
  const sample = await serve('home');
  context.after(() => sample.close());
  const got = await read(sample.origin);
  assert.ok(!sample.requests.some((url) => /^\/(admin|print)/.test(url)));
  assert.ok(got.failed.some((page) => page.url.endsWith('/print/brochure.html') && /robots\.txt/.test(page.failed)));
  assert.ok(got.failed.some((page) => page.url.endsWith('/careers/apply.html') && /HTTP 500/.test(page.failed)));
  assert.ok(got.page('/').facts.some((one) => one.kind === 'hours' && one.value === 'Sa 08:00-12:00'));
  assert.ok(got.page('/').facts.some((one) => one.kind === 'hours' && one.subject === 'Emergency service'));
});

test('pages known from before are looked at again', async (context) => {
  const sample = await serve('salon');
  context.after(() => sample.close());
  const got = await read(sample.origin, { known: [`${sample.origin}/gone/`, `${sample.origin}/products/`] });
  assert.ok(got.failed.some((page) => page.url.endsWith('/gone/') && page.status === 404));
  assert.ok(got.paths.includes('/products/'));
});

// ---- rules of the house next door ----

test('nothing is read where robots.txt forbids all', async (context) => {
  const { origin, requests } = await site(context, (url) => (url === '/robots.txt' ? 'User-agent: *\nDisallow: /' : words(50)));
  const got = await read(origin);
  assert.deepEqual(got.pages, []);
  assert.deepEqual(requests.filter((url) => url !== '/robots.txt' && !/sitemap/.test(url)), []);
});

test('a site whose robots.txt fails is left alone', async (context) => {
  const { origin, requests } = await site(context, (url) => (url === '/robots.txt' ? { status: 503 } : words(50)));
  const got = await read(origin);
  assert.equal(got.error.code, 'unavailable');
  assert.ok(requests.every((url) => url === '/robots.txt'));
});

test('a crawl delay spaces requests', async (context) => {
  const times = [];
  const { origin } = await site(context, (url) => {
    times.push(Date.now());
    if (url === '/robots.txt') return 'User-agent: *\nCrawl-delay: 0.15';
    return url === '/' ? link('/a', '/b', '/c') : words(40, url[1]);
  });
  const got = await read(origin);
  assert.equal(got.pages.length, 4);
  assert.ok(times.at(-1) - times[0] >= 400, 'at least five gaps of 150 ms, less what the first was late');
});

test('a server that asks for patience gets it', async (context) => {
  let asked = 0;
  const { origin } = await site(context, (url) => {
    if (url !== '/') return undefined;
    return ++asked < 2 ? { status: 429, headers: { 'retry-after': '1' } } : words(50);
  });
  const got = await read(origin);
  assert.equal(asked, 2);
  assert.equal(got.pages.length, 1);
});

// ---- redirects ----

test('redirects within the site are followed, circles and other sites are not', async (context) => {
  const other = await site(context, () => words(50, 'other'));
  const { origin } = await site(context, (url) => {
    const to = { '/moved': '/new', '/circle': '/circle2', '/circle2': '/circle', '/away': `${other.origin}/x`, '/odd': 'javascript:1' }[url];
    if (to) return { status: 302, headers: { location: to } };
    if (url === '/') return link('/moved', '/circle', '/away', '/new', '/odd');
    return url === '/new' ? words(50, 'n') : undefined;
  });
  const got = await read(origin);
  assert.deepEqual(got.paths.sort(), ['/', '/new']);
  assert.ok(got.failed.some((page) => /circle/.test(page.url) && /in a circle/.test(page.failed)));
  assert.deepEqual(other.requests, []);
});

test('a start page that has moved takes the crawl along', async (context) => {
  const fresh = await site(context, (url) => (url === '/robots.txt' ? 'User-agent: *\nDisallow: /secret' : url === '/' ? link('/a', '/secret') : url === '/a' ? words(50) : undefined));
  const old = await site(context, (url) => (url === '/' ? { status: 301, headers: { location: fresh.origin + '/' } } : undefined));
  const got = await read(old.origin);
  assert.deepEqual(got.paths.sort(), ['/', '/a']);
  assert.ok(!fresh.requests.includes('/secret'), 'the new host has rules of its own');
});

test('private addresses are refused unless the operator allows them', async (context) => {
  const { origin, requests } = await site(context, () => words(50));
  const got = await read(origin, { env: { STRICT: '1' } });
  assert.equal(got.error.code, 'refused');
  assert.deepEqual(requests, []);
  const named = await read(origin.replace('127.0.0.1', 'localhost'), { env: { STRICT: '1' } });
  assert.equal(named.error.code, 'refused');
});

test('HTTP/2 is spoken where it is offered, over few connections', async (context) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'switchboard-h2-'));
  const [key, cert] = [path.join(dir, 'key.pem'), path.join(dir, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  let sessions = 0;
  let streams = 0;
  const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) });
  server.on('session', () => { sessions++; });
  server.on('stream', (stream, headers) => {
    streams++;
    const where = headers[':path'];
    const found = where === '/' || /^\/p\d+x$/.test(where);
    stream.respond({ ':status': found ? 200 : 404, 'content-type': 'text/html' });
    stream.end(where === '/' ? link(...Array.from({ length: 12 }, (_, i) => `/p${i}x`)) : words(40, where));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => { server.close(); rmSync(dir, { recursive: true }); });
  const url = `https://127.0.0.1:${server.address().port}/`;
  const got = await read(url, { env: { CA_FILE: cert } });
  assert.equal(got.pages.length, 13);
  assert.ok(streams >= 14 && sessions <= 4, `${streams} streams, ${sessions} sessions`);
  const untrusted = await read(url);
  assert.match(untrusted.error.message, /certificate/);
});

// ---- sites without end ----

test('links without end come to one', async (context) => {
  let n = 0;
  const { origin, requests } = await site(context, (url) => {
    if (/robots|sitemap|no-such/.test(url)) return undefined;
    n++;
    return link(`/shop?color=${n}&size=${n + 1}`, `/shop?size=${n}`, `/day/${2020 + (n % 9)}/${n % 12}/`, `${url.replace(/\?.*/, '')}/deep`, `/item/${n}`) + words(30, n);
  });
  const got = await read(origin, { pages: 400 });
  assert.equal(got.code, 0);
  assert.ok(requests.length < 500, `${requests.length} requests`);
});

test('the number of pages and bytes is limited', async (context) => {
  const { origin, requests } = await site(context, (url) => {
    if (/robots|sitemap|no-such/.test(url)) return undefined;
    return link(...Array.from({ length: 60 }, (_, i) => `/p${i}x`)) + words(3000, url);
  });
  const got = await read(origin, { pages: 7, bytes: 5000 });
  assert.equal(got.pages.length, 7);
  assert.ok(got.fetched.every((page) => page.bytes <= 5000));
  assert.ok(requests.length < 20);
});

test('a compressed bomb does no harm', async (context) => {
  const bomb = gzipSync(Buffer.alloc(200 << 20, '<p>x '));
  const { origin } = await site(context, (url) => {
    if (url === '/bomb') return { headers: { 'content-encoding': 'gzip' }, body: bomb };
    if (url === '/sitemap.xml') return { type: 'application/gzip', body: bomb };
    return url === '/' ? link('/bomb', '/fine') : url === '/fine' ? words(50) : undefined;
  });
  const got = await read(origin);
  assert.ok(got.paths.includes('/fine'));
  assert.ok(got.fetched.every((page) => page.bytes <= 4 << 20));
});

// ---- what is a page ----

test('the same text under several addresses is one page', async (context) => {
  const { origin } = await site(context, (url) => {
    if (/robots|sitemap/.test(url)) return undefined;
    if (url === '/') return link('/a', '/copy', '/a?utm_source=x', '/A/../a/', '/a#part', '/print?id=a', '/v?x=1');
    if (url.startsWith('/v')) return `<link rel=canonical href="/v">${words(60, url.length)}`;
    if (url === '/a' || url === '/copy') return words(60, 'same');
    return { body: `<title>x</title>${words(60, 'missing')}` };
  });
  const got = await read(origin);
  assert.deepEqual(got.paths.sort(), ['/', '/a', '/v']);
});

test('only pages of text are read, and what asks not to be is not', async (context) => {
  const { origin, requests } = await site(context, (url) => ({
    '/': link('/a.pdf', '/img.png', '/data', '/none', '/hidden', '/text', '/last', 'tel:1', '/add?add-to-cart=1'),
    '/data': { type: 'application/json', body: '{}' },
    '/none': `<meta name=robots content="noindex,nofollow">${link('/unseen')}${words(40)}`,
    '/hidden': { headers: { 'x-robots-tag': 'noindex' }, body: words(40, 'h') },
    '/text': { type: 'text/plain', body: 'Open daily 9am-5pm' },
    '/last': `<a rel=nofollow href=/unseen>x</a>${words(40, 'l')}`,
  })[url]);
  const got = await read(origin);
  assert.deepEqual(got.paths.sort(), ['/', '/last', '/text']);
  for (const url of ['/a.pdf', '/img.png', '/unseen', '/add?add-to-cart=1']) assert.ok(!requests.includes(url), url);
});

test('sitemaps that name each other, or nothing, end', async (context) => {
  const { origin, requests } = await site(context, (url, all, request) => {
    const here = `http://${request.headers.host}`;
    if (url === '/robots.txt') return `Sitemap: ${here}/one.xml\nSitemap: ${here}/html.xml`;
    if (url === '/one.xml') return `<sitemapindex><sitemap><loc>${here}/two.xml</loc></sitemap><sitemap><loc>${here}/one.xml</loc></sitemap></sitemapindex>`;
    if (url === '/two.xml') return `<sitemapindex><sitemap><loc>${here}/one.xml</loc></sitemap><sitemap><loc>/three.xml</loc></sitemap></sitemapindex>`;
    if (url === '/three.xml') return `<urlset><url><loc>${here.replace('http:', 'https:')}/orphan</loc></url></urlset>`;
    if (url === '/html.xml') return '<html>not found</html>';
    return url === '/' ? words(40) : url === '/orphan' ? words(40, 'o') : undefined;
  });
  const got = await read(origin);
  assert.equal(requests.filter((url) => url === '/one.xml').length, 1);
  assert.ok(got.failed.some((page) => page.url.endsWith('/html.xml')));
});

test('a site that stops answering ends the crawl with a reason', async (context) => {
  const { origin } = await site(context, (url, all, request) => {
    if (url === '/') return link(...Array.from({ length: 30 }, (_, i) => `/q${i}x`));
    if (url.startsWith('/q')) request.socket.destroy();
    return undefined;
  });
  const got = await read(origin);
  assert.equal(got.error.code, 'unavailable');
  assert.match(got.error.message, /stopped answering/);
});

test('an address that leads nowhere is an error with a sentence', async () => {
  assert.equal((await read('http://127.0.0.1:1/')).error.code, 'unavailable');
  assert.equal((await read('not a site')).error.code, 'invalid');
  assert.equal((await read('ftp://127.0.0.1/')).error.code, 'invalid');
});
