// SPDX-License-Identifier: Apache-2.0
// The server speaking TLS itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Server, until } from '../support/server.mjs';

let server;
let dir;
before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'switchboard-tls-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
    '-keyout', path.join(dir, 'key.pem'), '-out', path.join(dir, 'cert.pem'),
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: 'ignore' });
  server = await Server.start({
    tls: readFileSync(path.join(dir, 'cert.pem')),
    server: `tls_cert: ${dir}/cert.pem, tls_key: ${dir}/key.pem`,
  });
});
after(async () => {
  rmSync(dir, { recursive: true, force: true });
  await server?.end();
});

function get(route, options = {}) {
  return new Promise((resolve, reject) => {
    https.get({ host: '127.0.0.1', port: server.port, path: route, ca: server.options.tls, ...options }, (response) => {
      let body = '';
      const version = response.socket.getProtocol();
      response.on('data', (chunk) => { body += chunk; });
      response.on('end', () => resolve({ status: response.statusCode, body, version }));
    }).on('error', reject);
  });
}

test('answers over TLS 1.2 or later and refuses what is older', async () => {
  const health = await get('/health');
  assert.equal(health.status, 200);
  assert.match(health.version, /TLSv1\.[23]/);
  await assert.rejects(get('/health', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }));
});

test('the chat socket works over TLS', async () => {
  const socket = new WebSocket(`wss://127.0.0.1:${server.port}/api/chat/ws`, { ca: server.options.tls });
  const frames = [];
  socket.on('message', (data) => frames.push(JSON.parse(data)));
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', agent_id: 'fox-hollow' })));
  await until('welcome', () => frames.find((f) => f.type === 'welcome'));
  socket.send(JSON.stringify({ type: 'message', message_id: 't1', message: 'Do you rent clubs?' }));
  const done = await until('answer', () => frames.find((f) => f.type === 'done'));
  assert.match(done.answer.response, /\$45/);
  socket.close();
});

test('plain HTTP on the TLS port is closed, not answered', async () => {
  await assert.rejects(fetch(`http://127.0.0.1:${server.port}/health`, { signal: AbortSignal.timeout(15000) }));
});
