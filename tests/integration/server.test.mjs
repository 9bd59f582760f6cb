// SPDX-License-Identifier: Apache-2.0
// The server as its operator sees it: health, limits, reload, drain, refusals.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Server, binary, until } from '../support/server.mjs';

let server;
before(async () => { server = await Server.start({ config: 'limits: {chat_per_minute: 5}\n' }); });
after(() => server.end());

test('health tells of version, database and plugins', async () => {
  const health = await (await fetch(server.origin + '/health')).json();
  assert.equal(health.status, 'ok');
  assert.equal(health.database, 'up');
  assert.match(health.version, /^\d+\.\d+\.\d+$/);
  const names = health.plugins.map((p) => p.name);
  for (const name of ['local', 'golf', 'home_services']) assert.ok(names.includes(name), name);
});

test('metrics are Prometheus text', async () => {
  const text = await (await fetch(server.origin + '/metrics')).text();
  assert.match(text, /switchboard_http_requests_total\{status="2xx"\} \d+/);
});

test('the sixth message in a minute is refused with a sentence and a time', async () => {
  let refused;
  for (let i = 0; i < 12 && !refused; i++) {
    const reply = await server.chat({ message: 'hello ' + i });
    if (reply.status === 429) refused = reply;
  }
  assert.ok(refused, 'was never refused');
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.match(refused.body.error.message, /again/);
});

test('a reload takes new limits; a bad file changes nothing', async () => {
  server.options.config = 'limits: {chat_per_minute: 0}\n';
  server.writeConfig();
  server.signal('SIGHUP');
  await until('the new limit holds', async () => (await server.chat({ message: 'hello' })).status === 200);
  server.options.config = 'limits: {chat_per_minuet: 5}\n';
  server.writeConfig();
  server.signal('SIGHUP');
  await until('the log says why', () => server.logText().includes('chat_per_minute'));
  assert.ok(await server.isReady());
});

test('the pages come with a policy that forbids inline code', async () => {
  const page = await fetch(server.origin + '/chat/fox-hollow');
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(policy, /unsafe-inline/);
  assert.equal((await fetch(server.origin + '/chat/nobody')).status, 404);
  const script = await fetch(server.origin + '/widget.js');
  assert.ok(script.headers.get('etag'));
  const again = await fetch(server.origin + '/widget.js', { headers: { 'If-None-Match': script.headers.get('etag') } });
  assert.equal(again.status, 304);
});

test('a second server on the same port says so', () => {
  const run = spawnSync(binary, ['serve', '--data', server.data + '-2', '--listen', `127.0.0.1:${server.port}`],
    { timeout: 30000, encoding: 'utf8' });
  assert.notEqual(run.status, 0);
  assert.match(run.stderr, /in use/i);
});

test('check names file, line and the nearest key', () => {
  server.options.config = 'limits: {chat_per_minuet: 5}\n';
  const file = server.writeConfig();
  const run = spawnSync(binary, ['check', '--config', file], { encoding: 'utf8' });
  assert.equal(run.status, 1);
  assert.match(run.stderr, /switchboard\.yaml:2:\d+: .*chat_per_minuet.*chat_per_minute/);
});

test('every command answers --help', () => {
  for (const command of ['serve', 'try', 'talk', 'tenant', 'plugin', 'scenario', 'check']) {
    const run = spawnSync(binary, [command, '--help'], { encoding: 'utf8' });
    assert.equal(run.status, 0, command);
    assert.match(run.stdout, /Usage/, command);
  }
  assert.notEqual(spawnSync(binary, ['tolk'], { encoding: 'utf8' }).status, 0);
});

test('SIGTERM drains and ends with status 0', async () => {
  const result = await server.stop();
  assert.equal(result.code, 0, server.tail());
});
