// SPDX-License-Identifier: Apache-2.0
// The chat interface against the real server and PostgreSQL.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Server, until } from '../support/server.mjs';

let server;
before(async () => { server = await Server.start({ config: 'limits: {chat_per_minute: 0}\n' }); });
after(() => server.end());

test('an answer has the promised form and cites its source', async () => {
  const { status, body } = await server.chat({ message: 'What are your opening hours?' });
  assert.equal(status, 200);
  assert.ok(body.response.length > 10);
  assert.match(body.conversation_id, /^[0-9a-f-]{36}$/);
  assert.ok(body.visitor_id.length >= 16);
  for (const key of ['progress', 'total', 'complete', 'next']) assert.ok(key in body.intake, key);
  assert.equal(typeof body.escalated, 'boolean');
  assert.ok(body.confidence >= 0 && body.confidence <= 1);
  assert.ok(Array.isArray(body.sources));
});

test('the same call streams as events and ends with the whole answer', async () => {
  const response = await fetch(server.origin + '/api/chat', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ agent_id: 'fox-hollow', message: 'Do you have a dress code?' }),
  });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /text\/event-stream/);
  const events = (await response.text()).trim().split('\n\n').map((block) => {
    const field = (name) => block.split('\n').filter((l) => l.startsWith(name + ':'))
      .map((l) => l.slice(name.length + 1).trim()).join('\n');
    return { event: field('event'), data: JSON.parse(field('data')) };
  });
  assert.equal(events[0].event, 'accepted');
  assert.equal(events.at(-1).event, 'done');
  const streamed = events.filter((e) => e.event === 'delta').map((e) => e.data.text).join('');
  assert.equal(streamed.trim(), events.at(-1).data.response.trim());
});

test('bad requests name the field', async () => {
  const cases = [
    [{ message: '' }, 422, 'message'],
    [{ message: 'x'.repeat(9000) }, 422, 'message'],
    [{ message: 'hi', conversation_id: 'nope' }, 422, 'conversation_id'],
    [{ message: 'hi', visitor_id: 'short' }, 422, 'visitor_id'],
    [{ message: 'hi', user_name: 7 }, 422, 'user_name'],
    [{ message: 'hi', surprise: true }, 422, 'surprise'],
    [{ message: 'hi', user_token: 'a.b.c' }, 401, 'user_token'],
  ];
  for (const [body, status, field] of cases) {
    const reply = await server.chat(body);
    assert.equal(reply.status, status, JSON.stringify(body).slice(0, 80));
    assert.equal(reply.body.error.field, field);
    assert.ok(reply.body.error.request_id);
  }
  assert.equal((await server.chat({ agent_id: 'nobody', message: 'hi' })).status, 404);
  const broken = await fetch(server.origin + '/api/chat', { method: 'POST', body: '{"a":' });
  assert.equal(broken.status, 400);
});

test('a conversation goes on, and only its visitor reads it', async () => {
  const first = await server.chat({ message: 'Hello there' });
  const { conversation_id, visitor_id } = first.body;
  const second = await server.chat({ message: 'Do you rent clubs?', conversation_id, visitor_id });
  assert.equal(second.body.conversation_id, conversation_id);
  const mine = await server.history(conversation_id, visitor_id);
  assert.equal(mine.status, 200);
  assert.deepEqual(mine.body.messages.map((m) => m.role), ['user', 'assistant', 'user', 'assistant']);
  assert.deepEqual(mine.body.messages.map((m) => m.seq), [1, 2, 3, 4]);
  assert.ok([401, 403, 404].includes((await server.history(conversation_id, 'v_somebody_else_entirely')).status));
  assert.equal((await server.history(conversation_id, '')).status, 401);
  const stolen = await server.chat({ message: 'hi', conversation_id, visitor_id: 'v_somebody_else_entirely' });
  assert.ok([401, 403, 404].includes(stolen.status));
});

test('a message that is sent twice is taken once', async () => {
  const message_id = randomUUID();
  const hello = await server.chat({ message: 'Good morning' });
  const ids = { conversation_id: hello.body.conversation_id, visitor_id: hello.body.visitor_id };
  const body = { message: 'Is there a driving range?', message_id, ...ids };
  const [a, b] = await Promise.all([server.chat(body), server.chat(body)]);
  const c = await server.chat(body);
  assert.equal(a.body.response, b.body.response);
  assert.equal(a.body.response, c.body.response);
  const history = await server.history(ids.conversation_id, ids.visitor_id);
  assert.equal(history.body.messages.filter((m) => m.message_id === message_id).length, 1);
  assert.equal(history.body.messages.length, 4);
});

test('a phone number that is typed fills the lead', async () => {
  const start = await server.chat({ message: 'I would like to book a tee time' });
  const ids = { conversation_id: start.body.conversation_id, visitor_id: start.body.visitor_id };
  const reply = await server.chat({ message: 'My name is Ann Lee and my number is 860-555-0142', ...ids });
  assert.ok(reply.body.lead, JSON.stringify(reply.body));
  assert.ok(reply.body.intake.progress >= 1);
});

test('a forged identity is refused', async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'HS256' }) + '.' + part({ name: 'Eve', exp: Math.floor(Date.now() / 1000) + 600 });
  const forged = head + '.' + createHmac('sha256', 'guess').update(head).digest('base64url');
  assert.equal((await server.chat({ message: 'hi', user_token: forged })).status, 401);
});

function open(ids = {}, afterSeq = 0) {
  const socket = new WebSocket(server.origin.replace('http', 'ws') + '/api/chat/ws');
  socket.frames = [];
  socket.on('message', (data) => socket.frames.push(JSON.parse(data)));
  socket.on('open', () => socket.send(JSON.stringify({
    type: 'hello', agent_id: 'fox-hollow', after: afterSeq, ...ids })));
  socket.find = (type, match = () => true) => until(`frame ${type}`,
    () => socket.frames.find((f) => f.type === type && match(f)), 30000);
  return socket;
}

test('the socket greets, answers and resumes after a cut without loss or doubling', async () => {
  const first = open();
  const welcome = await first.find('welcome');
  assert.ok(welcome.greeting.length > 5);
  first.send(JSON.stringify({ type: 'message', message_id: 'm1', message: 'What does a round cost?' }));
  const accepted = await first.find('accepted');
  const done = await first.find('done');
  assert.equal(done.message_id, 'm1');
  assert.ok(done.answer.response);
  const ids = { visitor_id: accepted.visitor_id, conversation_id: accepted.conversation_id };

  // Cut right after sending, before the answer: it must be there on return.
  first.send(JSON.stringify({ type: 'message', message_id: 'm2', message: 'Do you have a restaurant?' }));
  await first.find('accepted', (f) => f.message_id === 'm2');
  first.terminate();

  const second = open(ids, done.answer.seq);
  await second.find('welcome');
  second.send(JSON.stringify({ type: 'message', message_id: 'm2', message: 'Do you have a restaurant?' }));
  await until('both messages came', () => {
    const texts = second.frames.filter((f) => f.type === 'message').map((f) => f.message.role);
    const answered = texts.includes('assistant') || second.frames.some((f) => f.type === 'done');
    return answered;
  }, 30000);
  const history = await server.history(ids.conversation_id, ids.visitor_id);
  assert.equal(history.body.messages.length, 4);
  assert.deepEqual(history.body.messages.map((m) => m.seq), [1, 2, 3, 4]);
  second.close();
});

test('a second window of the same visitor sees the conversation', async () => {
  const one = open();
  await one.find('welcome');
  one.send(JSON.stringify({ type: 'message', message_id: 'w1', message: 'Hello' }));
  const accepted = await one.find('accepted');
  await one.find('done');
  const two = open({ visitor_id: accepted.visitor_id, conversation_id: accepted.conversation_id });
  await two.find('message', (f) => f.message.role === 'assistant');
  one.send(JSON.stringify({ type: 'message', message_id: 'w2', message: 'Do you offer lessons?' }));
  await two.find('message', (f) => f.message.text === 'Do you offer lessons?');
  one.close();
  two.close();
});

test('hostile frames get an error and the socket stays or closes, never crashes', async () => {
  const socket = open();
  await socket.find('welcome');
  socket.send('not json');
  await socket.find('error', (f) => f.code === 'invalid_json');
  socket.send(JSON.stringify({ type: 'message', message: '' }));
  socket.send(JSON.stringify({ type: 'message', message_id: 'x y z', message: 'hi' }));
  await until('three errors', () => socket.frames.filter((f) => f.type === 'error').length >= 3);
  socket.send(JSON.stringify({ type: 'ping' }));
  await socket.find('pong');
  socket.send('x'.repeat(100000));
  await until('closed', () => socket.readyState === WebSocket.CLOSED);
  assert.ok(await server.isReady());
});

test('an address that reads like a time of day is told all the same', async () => {
  const { body } = await server.chat({ message: 'where are you located' });
  assert.match(body.response, /480 Fox Hollow Road/);
});

test('what cannot be answered is said, with an offer to take a message', async () => {
  const { body } = await server.chat({ message: "what's the wifi password" });
  assert.match(body.response, /message/);
  assert.equal(body.sources.length, 0);
  assert.ok(body.confidence < 0.5);
});
