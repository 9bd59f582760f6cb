// SPDX-License-Identifier: Apache-2.0
// What somebody without good intentions tries: other people's conversations, other
// websites, forged addresses, sockets that go at the worst moment, and words that
// should never be in a log.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Server, command, until } from '../support/server.mjs';

const SECRET = 'a-secret-that-no-log-may-hold';
const TENANT = `tenant: private-club
business: {name: "Private \\e[31mClub", timezone: America/New_York, identity_secret: ${SECRET}}
agents:
  - slug: private-club
    vertical: golf
    domains: [club.example, "*.wild.example", "ported.example:8443"]
faqs:
  - {q: What is the password of the bar?, a: The password of the bar is swordfish.}
  - {q: What is on the sign?, a: "The sign says \\e]0;owned\\a and \\u009b2J golf."}
`;

let server, dir;
before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'switchboard-abuse-'));
  chmodSync(dir, 0o755);
  mkdirSync(path.join(dir, 'tenants'));
  writeFileSync(path.join(dir, 'tenants', 'private-club.yaml'), TENANT);
  server = await Server.start({ dir, server: 'log_level: debug',
    config: 'limits: {chat_per_minute: 0, sockets_per_address: 0}\n' });
});
after(async () => {
  await server.end();
  rmSync(dir, { recursive: true, force: true });
});

// A chat socket whose frames can be waited for.
function open(headers = {}) {
  const ws = new WebSocket(server.origin.replace('http', 'ws') + '/api/chat/ws', { headers });
  const frames = [];
  let wake = () => {};
  const closed = new Promise((resolve) => ws.on('close', (code) => { wake(); resolve(code); }));
  ws.on('error', () => {});
  ws.on('message', (data) => { frames.push(JSON.parse(data)); wake(); });
  const opened = new Promise((resolve) => ws.on('open', resolve));
  return {
    ws, frames, closed,
    async send(frame) {
      await opened;
      ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    },
    async frame(type) {
      for (;;) {
        const at = frames.findIndex((f) => f.type === type);
        if (at >= 0) return frames.splice(at, 1)[0];
        if (ws.readyState >= WebSocket.CLOSING) throw new Error(`closed without "${type}": ${JSON.stringify(frames)}`);
        await new Promise((resolve) => { wake = resolve; });
      }
    },
  };
}

test('a socket that closes while its first turn begins leaves nothing behind', async () => {
  for (let i = 0; i < 40; i++) {
    const socket = open();
    await socket.send({ type: 'hello', agent_id: 'fox-hollow' });
    await socket.frame('welcome');
    await socket.send({ type: 'message', message_id: 'gone-' + i, message: 'What are your opening hours?' });
    if (i % 2) await new Promise((resolve) => setImmediate(resolve));
    socket.ws.terminate();
    await socket.closed;
  }
  assert.equal((await server.chat({ message: 'hello' })).status, 200);
  assert.doesNotMatch(server.logText(), /a worker died/);
});

test('a socket opens nobody else\'s conversation', async () => {
  const { body } = await server.chat({ message: 'My name is Prudence Quill' });
  const hellos = [
    { agent_id: 'fox-hollow', visitor_id: 'v_somebody_else_entirely' },
    { agent_id: 'harbor-home', visitor_id: body.visitor_id },
  ];
  for (const hello of hellos) {
    const socket = open();
    await socket.send({ type: 'hello', conversation_id: body.conversation_id, ...hello });
    assert.equal((await socket.frame('welcome')).conversation_id, null);
    const more = await server.chat({ message: 'Are you open today?', conversation_id: body.conversation_id, visitor_id: body.visitor_id });
    assert.equal(more.status, 200);
    await socket.send({ type: 'ping' });
    await socket.frame('pong');
    assert.deepEqual(socket.frames, []);
    socket.ws.close();
    await socket.closed;
  }
});

test('a conversation belongs to its receptionist, and so do the answers', async () => {
  const { body } = await server.chat({ message: 'hello there' });
  const { conversation_id, visitor_id } = body;
  const crossed = await server.chat({ agent_id: 'private-club', message: 'hi', conversation_id, visitor_id });
  assert.ok([401, 404].includes(crossed.status), String(crossed.status));
  const asked = await server.chat({ message: 'What is the password of the bar?' });
  assert.doesNotMatch(JSON.stringify(asked.body), /swordfish/);
  const own = await server.chat({ agent_id: 'private-club', message: 'What is the password of the bar?' });
  assert.match(own.body.response, /swordfish/);
});

test('hostile hellos and storms end in sentences', async () => {
  for (const after of [2 ** 53, 9223372036854775807n, -1]) {
    const socket = open();
    await socket.send(`{"type":"hello","agent_id":"fox-hollow","after":${after}}`);
    assert.equal((await socket.frame('error')).code, 'invalid');
    await socket.closed;
  }
  const socket = open();
  await socket.send({ type: 'hello', agent_id: 'fox-hollow' });
  const { visitor_id } = await socket.frame('welcome');
  await socket.send({ type: 'hello', agent_id: 'private-club', visitor_id: 'v_somebody_else_entirely' });
  for (let i = 0; i < 50; i++) await socket.send({ type: 'message', message_id: 'storm-' + i, message: 'hello' });
  const busy = await socket.frame('error');
  assert.equal(busy.code, 'busy');
  assert.equal((await socket.frame('accepted')).visitor_id, visitor_id);
  await socket.send('x'.repeat(40000));
  assert.equal(await socket.closed, 1009);
});

test('only the tenant\'s websites, with what is below them, and our own pages may talk', async () => {
  const good = [undefined, server.origin, 'https://club.example', 'https://www.club.example:8080',
    'http://CLUB.example', 'https://a.wild.example', 'https://ported.example:8443'];
  const bad = ['https://evil.example', 'https://notclub.example', 'https://club.example.evil.example',
    'null', 'https://evil.example/club.example', 'https://club.example@evil.example', 'https://ported.example', ''];
  for (const [origins, status] of [[good, 200], [bad, 403]]) {
    for (const origin of origins) {
      const headers = origin === undefined ? {} : { Origin: origin };
      const reply = await server.chat({ agent_id: 'private-club', message: 'hello' }, headers);
      assert.equal(reply.status, status, `${origin} ${JSON.stringify(reply.body)}`);
      const socket = open(headers);
      await socket.send({ type: 'hello', agent_id: 'private-club' });
      const frame = await socket.frame(status === 200 ? 'welcome' : 'error');
      if (status === 403) {
        assert.equal(frame.code, 'refused');
        await socket.closed;
      }
      socket.ws.terminate();
    }
  }
  assert.equal((await server.chat({ message: 'hello' }, { Origin: 'https://evil.example' })).status, 200);
  const page = await fetch(server.origin + '/chat/private-club');
  const policy = page.headers.get('content-security-policy');
  for (const source of ["'self'", 'https://club.example', 'https://*.club.example', 'https://*.wild.example'])
    assert.ok(policy.includes(' ' + source), source);
  assert.doesNotMatch(policy, /frame-ancestors[^;]* \*( |;|$)/);
});

test('what runs inside is told to private addresses only', async () => {
  for (const address of ['8.8.8.8', '::ffff:8.8.8.8', '2606:4700::1111', '127.0.0.1, 8.8.8.8']) {
    const headers = { 'X-Forwarded-For': address };
    assert.equal((await fetch(server.origin + '/metrics', { headers })).status, 403, address);
    const health = await (await fetch(server.origin + '/health', { headers })).json();
    assert.deepEqual(health, { status: 'ok', database: 'up' });
  }
  assert.equal((await fetch(server.origin + '/metrics')).status, 200);
});

test('history takes numbers only', async () => {
  const { body } = await server.chat({ message: 'hello' });
  for (const wrong of ['-1', '1x', 'x', '99999999999999999999', '+1', ''])
    assert.equal((await server.history(body.conversation_id, body.visitor_id, wrong)).status, 422, wrong);
  const rest = await server.history(body.conversation_id, body.visitor_id, 1);
  assert.deepEqual(rest.body.messages.map((m) => m.seq), [2]);
  assert.deepEqual((await server.history(body.conversation_id, body.visitor_id, 2)).body, { messages: [], last_seq: 2 });
});

test('the log holds neither people nor secrets, at any level', async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { exp: Math.floor(Date.now() / 1000) + 600, name: 'Zebulon Tokenbearer', email: 'zebulon@private.example' };
  const head = `${part({ alg: 'HS256' })}.${part(claims)}`;
  const user_token = `${head}.${createHmac('sha256', SECRET).update(head).digest('base64url')}`;
  const visitor_id = 'v_loglesslogless01234';
  const say = async (message, more = {}) => {
    const { status, body } = await server.chat({ agent_id: 'private-club', visitor_id, message, ...more });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const first = await say('I want to book an outing', { user_token });
  await say('Ignatius Quillfeather', { conversation_id: first.conversation_id, user_token });
  await say('My number is (203) 555-0177 and my e-mail is ignatius@quill.example', {
    conversation_id: first.conversation_id, user_token, user_name: 'Ignatius Quillfeather',
    user_phone: '203-555-0178', context: { url: 'https://club.example/?session=abcdefsecret' } });
  await server.history(first.conversation_id, visitor_id);
  await server.chat({ agent_id: 'private-club', message: 'hi', user_token: user_token + 'x' });
  await server.chat({ agent_id: 'private-club', message: 'hi', surprise: 'Ignatius' });
  const log = server.logText();
  for (const secret of ['Ignatius', 'Quillfeather', 'Zebulon', 'quill.example', '555-0177', '5550177', '555-0178',
    '5550178', 'abcdefsecret', visitor_id, user_token, head, SECRET, 'swordfish'])
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  await until('requests are logged at debug', () => server.logText().includes('"answered"'));
});

test('nothing that others wrote commands the terminal', async () => {
  const flags = ['--data', server.data, '--config', path.join(dir, 'switchboard.yaml')];
  const talk = await command(['talk', 'private-club', ...flags], { input: 'What is on the sign?\n' });
  assert.equal(talk.status, 0, talk.stderr);
  const list = await command(['tenant', 'list', ...flags]);
  const ask = await command(['talk', 'no\u001b[31mbody', ...flags]);
  for (const text of [talk.stdout, talk.stderr, list.stdout, ask.stderr])
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  assert.match(talk.stdout, /golf\./);
  assert.match(list.stdout, /Private \[31mClub/);
  assert.match(ask.stderr, /nobody|no\[31mbody/);
});

// Last: it changes the server's limits.
test('visitors who take every descriptor leave some for the database', async () => {
  execFileSync('prlimit', ['--nofile=400:400', '--pid', String(server.process.pid)]);
  for (const pid of server.workers()) process.kill(pid, 'SIGKILL');
  await until('new workers serve', () => server.isReady());
  const peers = Array.from({ length: 1200 }, () => net.connect(server.port, '127.0.0.1').on('error', () => {}));
  await Promise.all(peers.map((peer) => new Promise((resolve) => {
    peer.on('connect', resolve);
    peer.on('close', resolve);
  })));
  try {
    for (let i = 0; i < 20; i++) assert.equal((await server.chat({ message: 'hello' })).status, 200);
    assert.doesNotMatch(server.logText(), /Too many open files/);
  } finally {
    for (const peer of peers) peer.destroy();
  }
});

test('looking up names and pages has a limit too', async () => {
  server.options.config = 'limits: {chat_per_minute: 3}\n';
  server.writeConfig();
  server.signal('SIGHUP');
  const path = () => `/chat/nobody-${Math.random().toString(36).slice(2)}`;
  const refused = await until('a look is refused', async () => {
    const reply = await fetch(server.origin + path());
    await reply.arrayBuffer();
    return reply.status === 429 && reply;
  });
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.equal((await fetch(server.origin + '/health')).status, 200);
});
