// SPDX-License-Identifier: Apache-2.0
// How long from the command to /ready: on an empty folder, on one that has a database,
// and with the database up already (a second server on the address of the first one's).
//
//     SB_TEST_BUILDDIR=build node tests/bench/bench_start.mjs [RUNS]
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { binary, freePort } from '../support/server.mjs';

const runs = Number(process.argv[2] || 10);
const folder = mkdtempSync(path.join(tmpdir(), 'switchboard-bench-'));
chmodSync(folder, 0o755);

function isReady(port) {
  return new Promise((resolve) => {
    http.get({ host: '127.0.0.1', port, path: '/ready', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}

async function start(args) {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(binary, ['serve', '--listen', `127.0.0.1:${port}`, ...args], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const ms = performance.now() - begun;
  return { ms, stop: () => { child.kill('SIGTERM'); return ended; } };
}

async function series(name, count, args) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const server = await start(args(i));
    times.push(server.ms);
    await server.stop();
  }
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))].toFixed(0);
  console.log(`${name.padEnd(44)} median ${at(0.5).padStart(5)} ms   best ${at(0).padStart(5)} ms   worst ${at(1).padStart(5)} ms`);
}

try {
  const data = path.join(folder, 'data');
  await series('an empty folder (initdb, migrations, demo)', Math.min(runs, 3),
    (i) => ['--demo', '--data', path.join(folder, 'new' + i)]);
  await series('a folder with a database (starts PostgreSQL)', runs, () => ['--demo', '--data', data]);
  const first = await start(['--demo', '--data', data]);
  const config = path.join(folder, 'switchboard.yaml');
  const socket = path.join(data, 'postgres', 'run');
  writeFileSync(config, `database: {url: "host=${socket} user=switchboard dbname=switchboard"}\n`);
  await series('the database up already', runs, (i) =>
    ['--demo', '--config', config, '--data', path.join(folder, 'other' + i)]);
  await first.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
