// SPDX-License-Identifier: Apache-2.0
// Fits the weights of core/know/score.c to the features that eval_search wrote. Each
// question is a choice between its passages and "nothing answers it" (whose score is
// always 0): the weights make the right choice likely, with a little regularisation.
// Every site is judged by weights that were fitted without it.
//
//     node tests/eval/fit.mjs features.csv [ridge] [features to leave out, by commas]
import { readFileSync } from 'node:fs';

const names = ['window', 'close', 'body', 'head', 'whole', 'found', 'heaviest', 'unknown',
  'cosine', 'asked', 'fits', 'near', 'size'];
const [file, ridge = '0.3', without = ''] = process.argv.slice(2);
const unused = without.split(',');
const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => {
  const [site, question, answerable, label, ...x] = line.split(',');
  return { site, question: `${site}/${question}`, answerable: answerable === '1', label: Number(label),
    x: [1, ...x.map((v, i) => (unused.includes(names[i]) ? 0 : Number(v)))] };
});

const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
const logistic = (z) => 1 / (1 + Math.exp(-z));

function group(data) {
  const questions = new Map();
  for (const row of data) questions.set(row.question, [...(questions.get(row.question) || []), row]);
  return [...questions.values()];
}

// The chance of the right choice, and its gradient when asked for.
function choose(passages, w, gradient) {
  const z = passages.map(({ x }) => dot(w, x));
  const top = Math.max(0, ...z);
  const e = z.map((v) => Math.exp(v - top));
  const all = e.reduce((sum, v) => sum + v, Math.exp(-top));
  const right = passages.some(({ label }) => label === 1);
  const good = right ? e.reduce((sum, v, i) => sum + (passages[i].label === 1 ? v : 0), 0) : Math.exp(-top);
  if (gradient) passages.forEach(({ x, label }, i) => {
    const wanted = right && label === 1 ? e[i] / good : 0;
    x.forEach((v, j) => { gradient[j] += (e[i] / all - wanted) * v; });
  });
  return good / all;
}

function fit(data) {
  const questions = group(data);
  const n = data[0].x.length;
  const w = new Array(n).fill(0), m = new Array(n).fill(0), v = new Array(n).fill(0);
  for (let round = 1; round <= 4000; round++) {
    const g = w.map((value, i) => (i ? Number(ridge) * value : 0));
    for (const passages of questions) choose(passages, w, g);
    const rate = 0.05 * Math.min(1, 2 - round / 2000);
    for (let i = 0; i < n; i++) {
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
      w[i] -= rate * (m[i] / (1 - 0.9 ** round)) / (Math.sqrt(v[i] / (1 - 0.999 ** round)) + 1e-8);
    }
  }
  return w;
}

function judge(data, w, threshold = 0.5) {
  const questions = new Map();
  for (const row of data) {
    const q = questions.get(row.question) || { answerable: row.answerable, best: null };
    const score = logistic(dot(w, row.x));
    if (!q.best || score > q.best.score) q.best = { score, label: row.label };
    questions.set(row.question, q);
  }
  const all = [...questions.values()];
  const yes = all.filter((q) => q.answerable);
  const no = all.filter((q) => !q.answerable);
  const share = (list, part) => (list.filter(part).length / Math.max(1, list.length)).toFixed(3);
  return { first: share(yes, (q) => q.best.label === 1),
    refused: share(yes, (q) => q.best.score < threshold),
    right: share(yes, (q) => q.best.score >= threshold && q.best.label === 1),
    passed: share(no, (q) => q.best.score >= threshold), loss: loss(data, w).toFixed(4) };
}

function loss(data, w) {
  const questions = group(data);
  return questions.reduce((sum, q) => sum - Math.log(Math.max(choose(q, w), 1e-9)), 0) / questions.length;
}

const sites = [...new Set(rows.map((row) => row.site))];
for (const site of sites) {
  const w = fit(rows.filter((row) => row.site !== site));
  console.log(site.padEnd(10), JSON.stringify(judge(rows.filter((row) => row.site === site), w)));
}
const w = fit(rows);
console.log('all'.padEnd(10), JSON.stringify(judge(rows, w)));
for (const t of [0.3, 0.4, 0.6]) console.log(`at ${t}`.padEnd(10), JSON.stringify(judge(rows, w, t)));
console.log(['bias', ...names].map((name, i) => `${name} ${w[i].toFixed(2)}`).join(', '));
