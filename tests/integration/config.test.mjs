// SPDX-License-Identifier: Apache-2.0
// The commented example and the reference page are what the program prints, and load.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { command, sourcedir } from '../support/server.mjs';

const file = (name) => readFileSync(path.join(sourcedir, name), 'utf8');
let folder;
before(() => { folder = mkdtempSync(path.join(tmpdir(), 'switchboard-config-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

async function explain(text) {
  const config = path.join(folder, 'switchboard.yaml');
  writeFileSync(config, text);
  const run = await command(['check', '--config', config, '--explain']);
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

test('etc/switchboard.yaml is what check --example prints', async () => {
  assert.equal(file('etc/switchboard.yaml'), (await command(['check', '--example'])).stdout);
});

test('docs/configuration.md is what check --reference prints', async () => {
  assert.equal(file('docs/configuration.md'), (await command(['check', '--reference'])).stdout);
});

test('the example changes nothing, as it is and with every comment taken away', async () => {
  const example = file('etc/switchboard.yaml');
  const open = example.replace(/^( *)#(\w+:)/gm, '$1$2').replace(/^tenants:.*$/m, '');
  assert.match(open, /^ {2}listen: /m);
  const plain = await explain('');
  assert.equal(await explain(example), plain);
  assert.equal(await explain(open), plain);
});

test('every key that is in force is in the example and in the reference', async () => {
  const keys = [...(await explain('')).matchAll(/^ {2}(\w+):/gm)].map((m) => m[1]);
  assert.ok(keys.length > 10);
  for (const key of keys) {
    assert.match(file('etc/switchboard.yaml'), new RegExp(`^ {2}#${key}:`, 'm'));
    assert.ok(file('docs/configuration.md').includes('| `' + key + '` |'), key);
  }
});

test('a mistake in a tenant\'s file is named with its place', async () => {
  writeFileSync(path.join(folder, 'bad.yaml'), 'tenant: bad\nbusiness:\n  fone: 1\n');
  const run = await command(['tenant', 'import', path.join(folder, 'bad.yaml'), '--data', path.join(folder, 'data')]);
  assert.notEqual(run.status, 0);
  assert.match(run.stderr, /bad\.yaml:3:3: unknown key "fone"; did you mean "phone"\?/);
});
