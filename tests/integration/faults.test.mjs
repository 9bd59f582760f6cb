// SPDX-License-Identifier: Apache-2.0
// Nothing is lost: workers, the supervisor and PostgreSQL are killed at random while
// visitors chat; afterwards every acknowledged message is there once, in order, with
// its answer, and every lead has the fields that were given.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Server, sleep, until } from '../support/server.mjs';

const VISITORS = 6;
const CHAOS_MS = Number(process.env.CHAOS_MS || 20000);
const lines = ['What are your opening hours?', 'Do you rent clubs?', 'Is there a dress code?',
  'Do you have a restaurant?', 'Thanks', 'Are you open tomorrow?'];

let server;
let databases = 0;
before(async () => { server = await Server.start({ config: 'limits: {chat_per_minute: 0}\n' }); });
after(() => server.end());

// Sends until it is acknowledged; the id stays the same, as the widget does it.
async function say(visitor, message) {
  const message_id = randomUUID();
  for (;;) {
    try {
      const { status, body } = await server.chat({
        message, message_id, visitor_id: visitor.id, conversation_id: visitor.conversation });
      if (status === 200) {
        visitor.conversation = body.conversation_id;
        visitor.said.push({ message_id, message });
        return body;
      }
      assert.ok(status >= 500 || status === 429 || status === 409,
        `${status} ${JSON.stringify(body)}`);
      visitor.retries++;
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
      visitor.retries++;
    }
    await sleep(100 + Math.random() * 200);
  }
}

async function chat(visitor, running) {
  await say(visitor, 'I would like to book a tee time');
  await say(visitor, `My name is ${visitor.name} and my number is ${visitor.phone}`);
  for (let i = 0; running(); i++) await say(visitor, lines[i % lines.length]);
}

const faults = {
  async worker() {
    const workers = server.workers();
    if (workers.length) process.kill(workers[Math.floor(Math.random() * workers.length)], 'SIGKILL');
  },
  async database() {
    const pid = await until('there is a database to kill', () => server.postmaster());
    try {
      process.kill(pid, 'SIGKILL');
      databases++;
    } catch (error) {
      assert.equal(error.code, 'ESRCH'); // it is being started again
    }
  },
  async supervisor() {
    server.process.kill('SIGKILL');
    await server.exited;
    await server.launch();
  },
};

test('kill -9 of anything loses and doubles nothing', { timeout: 240000 }, async (t) => {
  const visitors = Array.from({ length: VISITORS }, (_, i) => ({
    id: 'v_' + randomUUID(), name: ['Ann Lee', 'Bob Fox', 'Cy Young', 'Dee Hart', 'Eve Stone', 'Finn Wood'][i],
    phone: `860-555-01${40 + i}`, said: [], retries: 0 }));
  let running = true;
  const chats = visitors.map((v) => chat(v, () => running));
  const end = Date.now() + CHAOS_MS;
  const order = ['worker', 'database', 'worker', 'supervisor', 'worker', 'database', 'worker'];
  let count = 0;
  while (Date.now() < end) {
    await sleep(800 + Math.random() * 1200);
    await faults[order[count++ % order.length]]();
  }
  await until('the server is ready again', () => server.isReady());
  running = false;
  await Promise.all(chats);

  const said = visitors.reduce((n, v) => n + v.said.length, 0);
  const retries = visitors.reduce((n, v) => n + v.retries, 0);
  t.diagnostic(`${count} kills, ${databases} of the database, ${said} messages acknowledged, ${retries} sent again`);
  assert.ok(count >= 5 && said > 20 && databases > 0, 'the load and the kills were real');
  for (const visitor of visitors) {
    const messages = await until('every message is answered', async () => {
      const list = [];
      for (let after = 0; ;) {
        const { status, body } = await server.history(visitor.conversation, visitor.id, after);
        if (status !== 200) return null;
        list.push(...body.messages);
        if (body.messages.length < 200) break;
        after = body.last_seq;
      }
      const mine = list.filter((m) => m.role === 'user').length;
      return list.filter((m) => m.role === 'assistant').length >= mine ? list : null;
    }, 90000);
    const ids = messages.filter((m) => m.role === 'user').map((m) => m.message_id);
    assert.equal(new Set(ids).size, ids.length, 'no message is there twice');
    assert.deepEqual(ids, visitor.said.map((s) => s.message_id), 'each acknowledged message, once, in order');
    assert.equal(messages.filter((m) => m.role === 'assistant').length, ids.length, 'one answer each');
    assert.deepEqual(messages.map((m) => m.seq), messages.map((_, i) => i + 1), 'no hole in the numbers');
    const last = await say(visitor, 'Thank you');
    assert.ok(last.lead, `${visitor.name} has a lead`);
    assert.ok(last.intake.progress >= 2, 'with the name and the number');
  }
});
