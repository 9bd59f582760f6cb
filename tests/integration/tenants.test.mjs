// SPDX-License-Identifier: Apache-2.0
// Tenants that change while the server runs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, binary, until } from '../support/server.mjs';

let server;
before(async () => { server = await Server.start({ demo: false, config: 'limits: {chat_per_minute: 0}\n' }); });
after(() => server.end());

function importTenant(phone) {
  const file = path.join(server.dir, 'acme.yaml');
  writeFileSync(file, `tenant: acme
business: {name: Acme, timezone: America/New_York, phone: "${phone}"}
agents: [{slug: acme, vertical: salon}]
`);
  const run = spawnSync(binary, ['tenant', 'import', file, '--data', server.data], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
}

async function phones() {
  const said = new Set();
  for (let i = 0; i < 16; i++) {
    // A connection each, so that both workers are asked.
    const { body } = await server.chat({ agent_id: 'acme', message: "what's your phone number?" }, { Connection: 'close' });
    said.add(/\(860\) 555-01\d\d/.exec(body.response)?.[0]);
  }
  return [...said];
}

test('every worker hears of a change at once', async () => {
  importTenant('(860) 555-0101');
  assert.deepEqual(await phones(), ['(860) 555-0101']);
  importTenant('(860) 555-0102');
  await until('no worker says the old number', async () => {
    const said = await phones();
    return said.length === 1 && said[0] === '(860) 555-0102';
  }, 10000);
});
