// SPDX-License-Identifier: Apache-2.0
// Every command of the program as an operator types it; under sanitizers in the suite.
import assert from 'node:assert/strict';
import { mkdtempSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../sites/serve.mjs';
import { command, freePort } from '../support/server.mjs';

let folder, port, site;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'switchboard-cli-'));
  chmodSync(folder, 0o755); // the database may run as another user
  port = await freePort();
  site = await serve('golf', { port });
});
after(async () => {
  await site?.close?.();
  rmSync(folder, { recursive: true, force: true });
});

const at = (...args) => [...args, '--data', path.join(folder, 'data')];

async function succeeds(args, options) {
  const run = await command(args, options);
  assert.equal(run.status, 0, `${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

async function fails(args, sentence) {
  const run = await command(args);
  assert.equal(run.signal, null);
  assert.notEqual(run.status, 0, args.join(' '));
  assert.match(run.stderr, sentence);
}

test('talk answers from standard input and ends with it', async () => {
  const said = await succeeds(at('talk', 'fox-hollow', '--demo'),
    { input: 'Do you rent clubs?\nI want to book an outing\n/quit\nnever read\n' });
  assert.match(said, /\$45/);
  assert.equal(said.match(/^Robin:/gm).length, 3);
  assert.match(await succeeds(at('talk', 'fox-hollow')), /Fox Hollow/);
  await fails(at('talk', 'nobody'), /nobody/);
});

test('try refuses a private site that nobody allowed, and says what allows it', async () => {
  const run = await command(at('try', `http://127.0.0.1:${port}/`, '--vertical', 'golf', '--slug', 'shy'));
  assert.match(run.stderr, /private.*--allow-host/);
  await fails(at('try', `http://127.0.0.1:${port}/`, '--vertical', 'glof'), /there is no industry "glof"/);
});

test('try reads a site and talks', async () => {
  const said = await succeeds(at('try', `http://127.0.0.1:${port}/`, '--vertical', 'golf',
    '--slug', 'marsh', '--allow-host', `127.0.0.1:${port}`), { input: 'What are your hours?\nIs there a dress code?\n' });
  assert.match(said, /Marsh Point/);
  assert.match(said, /\[1\]/);
});

test('a tenant is exported, imported, listed and deleted', async () => {
  const text = await succeeds(at('tenant', 'export', 'fox-hollow'));
  assert.match(text, /^tenant: fox-hollow$/m);
  const file = path.join(folder, 'fox.yaml');
  writeFileSync(file, text);
  await fails(at('tenant', 'import', file), /kept in a file/);
  writeFileSync(file, text.replaceAll('fox-hollow', 'fox-two'));
  assert.match(await succeeds(at('tenant', 'import', file)), /fox-two: imported/);
  assert.match(await succeeds(at('tenant', 'import', file)), /fox-two: unchanged/);
  assert.equal(await succeeds(at('tenant', 'export', 'fox-two')), readFileSync(file, 'utf8'));
  assert.match(await succeeds(at('tenant', 'list')), /fox-two/);
  await succeeds(at('tenant', 'delete', 'fox-two', '--yes'));
  assert.doesNotMatch(await succeeds(at('tenant', 'list')), /fox-two/);
  await fails(at('tenant', 'delete', 'fox-two', '--yes'), /fox-two/);
  await fails(at('tenant', 'exprot', 'fox-two'), /export/);
});

test('plugins are listed, shown and checked', async () => {
  const list = await succeeds(['plugin', 'list']);
  for (const name of ['golf', 'home_services', 'local']) {
    assert.match(list, new RegExp(`^${name} `, 'm'));
    assert.match(await succeeds(['plugin', 'show', name]), new RegExp(name));
  }
  await fails(['plugin', 'show', 'golv'], /golf/);
  await fails(['plugin', 'check', path.join(folder, 'none.so')], /none\.so/);
});
