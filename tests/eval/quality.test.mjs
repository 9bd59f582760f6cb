// SPDX-License-Identifier: Apache-2.0
// From a messy website to answers: each site under tests/sites is crawled by the real
// server's own command, every question is asked over the chat interface, and the whole
// is reported. A right answer matches the question's expression and cites (or is the
// business's own data); a question with no page wants "I don't know".
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { names, questions, serve } from '../sites/serve.mjs';
import { Server, binary, freePort } from '../support/server.mjs';

// The floors that a change must not break through. golf and home are what the mechanisms
// were developed on, salon was looked at late; nothing was ever tuned on roofing, so its
// figure is the one to believe of a website that nobody has seen. The aims for such a one
// are 0.7 and 0.1.
const FLOORS = {
  golf: { right: 0.65, wrongOnUnanswerable: 0.1 },
  home: { right: 0.65, wrongOnUnanswerable: 0.12 },
  salon: { right: 0.65, wrongOnUnanswerable: 0.17 },
  unseen: { right: 0.3, wrongOnUnanswerable: 0.15 },
};
const verticals = { golf: 'golf', home: 'home_services', salon: 'salon' };
const unknown = /(don't|do not|can't|cannot) (know|have|find)|not certain|don't know for certain|rather not guess|outside what I can help|isn't something (that )?(I|we) (can|do)|wrong number|we don't offer/i;

let server;
const sites = [];
before(async () => {
  for (const name of names()) {
    const port = await freePort();
    sites.push({ name, port, site: await serve(name, { port }) });
  }
  const hosts = sites.map((s) => `"127.0.0.1:${s.port}"`).join(', ');
  server = await Server.start({
    demo: false, config: `limits: {chat_per_minute: 0}\nnetwork: {allow_hosts: [${hosts}]}\n` });
});
after(async () => {
  for (const { site } of sites) await site.close?.();
  await server?.end();
});

async function ask(slug, question) {
  const { status, body } = await server.chat({ agent_id: slug, message: question });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

function judge(question, answer) {
  const refused = unknown.test(answer.response);
  if (!question.pages.length) return refused ? 'rightly refused' : 'wrong on unanswerable';
  if (new RegExp(question.match, 'i').test(answer.response)) return 'right';
  return refused ? 'wrongly refused' : 'wrong';
}

// Not spawnSync: the sites are served by this very process.
function crawl(slug, name, port) {
  return new Promise((resolve, reject) => {
    const run = spawn(binary, ['tenant', 'add', `http://127.0.0.1:${port}/`, '--vertical',
      verticals[name] || 'home_services', '--slug', slug, '--timezone', 'America/New_York',
      '--config', path.join(server.dir, 'switchboard.yaml'), '--data', server.data]);
    let stderr = '';
    run.stderr.on('data', (chunk) => { stderr += chunk; });
    run.on('error', reject);
    run.on('exit', (status) => resolve({ status, stderr }));
  });
}

function report(name, tally, total, unanswerable) {
  const line = (what, n, of) => `${what} ${n}/${of} (${(100 * n / Math.max(of, 1)).toFixed(0)} %)`;
  return `${name}: ` + [line('right', tally.right, total), line('wrong', tally.wrong, total),
    line('wrongly refused', tally['wrongly refused'], total),
    line('wrong on unanswerable', tally['wrong on unanswerable'], unanswerable)].join(', ');
}

for (const name of names()) {
  test(`${name}: right answers, wrong answers and refusals`, async (t) => {
    const { port } = sites.find((s) => s.name === name);
    const slug = 'site-' + name;
    const run = await crawl(slug, name, port);
    assert.equal(run.status, 0, run.stderr);
    t.diagnostic(run.stderr.trim().split('\n').slice(1).join(' '));
    const tally = { right: 0, wrong: 0, 'wrongly refused': 0, 'rightly refused': 0, 'wrong on unanswerable': 0 };
    const all = questions(name);
    const lines = [];
    for (const question of all) {
      const answer = await ask(slug, question.ask);
      const verdict = judge(question, answer);
      tally[verdict]++;
      if (!verdict.startsWith('right')) {
        lines.push(`${verdict}: ${question.ask}\n    -> ${answer.response.replace(/\n/g, ' / ').slice(0, 200)}`);
      }
    }
    const unanswerable = all.filter((q) => !q.pages.length).length;
    const total = all.length - unanswerable;
    const summary = report(name, tally, total, unanswerable);
    t.diagnostic(summary);
    if (process.env.EVAL_REPORT) writeFileSync(process.env.EVAL_REPORT, `${summary}\n${lines.join('\n')}\n\n`, { flag: 'a' });
    const floor = FLOORS[name] || FLOORS.unseen;
    assert.ok(tally.right / total >= floor.right, summary);
    assert.ok(tally['wrong on unanswerable'] / unanswerable <= floor.wrongOnUnanswerable, summary);
  });
}
