// SPDX-License-Identifier: Apache-2.0
// Runs the real server on a free port with a database of its own, for tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, chmodSync, rmSync, writeFileSync, createWriteStream, readFileSync } from 'node:fs';
import https from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const builddir = process.env.SB_TEST_BUILDDIR || path.resolve('build');
export const binary = path.join(builddir, 'switchboard');
export const sourcedir = process.env.SB_TEST_SRCDIR || path.resolve('.');

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// What a sanitizer wrote into the text: a test's server and commands must write nothing.
export function complaints(text) {
  const lines = text.split('\n');
  const at = lines.findIndex((line) =>
    /(Address|Leak|Thread|Memory)Sanitizer|: runtime error: /.test(line));
  return at < 0 ? '' : lines.slice(at, at + 60).join('\n');
}

// Polls `check` until it gives something true; fails loudly when it never does.
export async function until(what, check, ms = 60000) {
  const end = Date.now() + ms;
  for (;;) {
    const got = await check();
    if (got) return got;
    if (Date.now() > end) throw new Error('never happened: ' + what);
    await sleep(50);
  }
}

// Runs a command of the program to its end, with `input` on its standard input.
export async function command(args, { input = '', env = {}, ms = 120000 } = {}) {
  const run = spawn(binary, args, { env: { ...process.env, ...env } });
  const timer = setTimeout(() => run.kill('SIGKILL'), ms);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    run[name].setEncoding('utf8');
    run[name].on('data', (chunk) => { text[name] += chunk; });
  }
  run.stdin.on('error', () => {}); // it may end without reading
  run.stdin.end(input);
  const [status, signal] = await new Promise((resolve, reject) => {
    run.on('error', reject);
    run.on('close', (...how) => resolve(how));
  });
  clearTimeout(timer);
  const found = complaints(text.stderr);
  if (found) throw new Error(`a sanitizer complained of ${args.join(' ')}:\n${found}`);
  return { status, signal, ...text };
}

export class Server {
  // options: { demo, config (YAML text), workers, dir }
  static async start(options = {}) {
    const server = new Server();
    server.port = options.port || await freePort();
    server.origin = `http://127.0.0.1:${server.port}`;
    server.dir = options.dir || mkdtempSync(path.join(tmpdir(), 'switchboard-test-'));
    chmodSync(server.dir, 0o755);
    server.data = path.join(server.dir, 'data');
    server.log = path.join(server.dir, 'server.log');
    server.options = options;
    await server.launch();
    return server;
  }

  writeConfig() {
    const file = path.join(this.dir, 'switchboard.yaml');
    const workers = this.options.workers || 2;
    const text = this.options.config || '';
    const more = this.options.server ? ', ' + this.options.server : '';
    writeFileSync(file, `server: {workers: ${workers}, drain: 20s${more}}\n${text}`);
    return file;
  }

  async launch() {
    const args = ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`,
      '--config', this.writeConfig()];
    if (this.options.demo !== false) args.push('--demo');
    const log = createWriteStream(this.log, { flags: 'a' });
    this.process = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr.pipe(log);
    this.exited = new Promise((resolve) => this.process.on('exit', (code, signal) => resolve({ code, signal })));
    let gone = false;
    this.exited.then(() => { gone = true; });
    await until('the server is ready', async () => {
      if (gone) throw new Error('the server ended:\n' + this.tail());
      return this.isReady();
    }, 120000).catch((error) => { throw new Error(error.message + '\n' + this.tail()); });
  }

  async isReady() {
    if (this.options.tls) return this.isReadyOverTls();
    try {
      return (await fetch(this.origin + '/ready', { signal: AbortSignal.timeout(3000) })).ok;
    } catch {
      return false;
    }
  }

  isReadyOverTls() {
    return new Promise((resolve) => {
      https.get({ host: '127.0.0.1', port: this.port, path: '/ready', ca: this.options.tls, timeout: 3000 },
        (response) => { response.resume(); resolve(response.statusCode === 200); })
        .on('error', () => resolve(false));
    });
  }

  tail() {
    try {
      return readFileSync(this.log, 'utf8').split('\n').slice(-30).join('\n');
    } catch {
      return '';
    }
  }

  logText() {
    return readFileSync(this.log, 'utf8');
  }

  // The workers' process ids: children of the supervisor that are not PostgreSQL.
  workers() {
    const pid = this.process.pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children.split(' ').filter(Boolean).map(Number).filter((child) => {
      try {
        return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('switchboard\0serve');
      } catch {
        return false;
      }
    });
  }

  // The embedded PostgreSQL's process id, or null while there is none.
  postmaster() {
    try {
      return Number(readFileSync(path.join(this.data, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]) || null;
    } catch {
      return null;
    }
  }

  signal(name) {
    this.process.kill(name);
  }

  async stop() {
    this.process.kill('SIGTERM');
    let timer;
    const late = new Promise((resolve) => { timer = setTimeout(() => resolve(null), 40000); });
    const result = await Promise.race([this.exited, late]);
    clearTimeout(timer);
    if (!result) {
      this.process.kill('SIGKILL');
      throw new Error('the server did not stop:\n' + this.tail());
    }
    this.refuseComplaints();
    return result;
  }

  refuseComplaints() {
    const found = complaints(this.logText());
    if (found) throw new Error('a sanitizer complained of the server:\n' + found);
  }

  async end() {
    try {
      if (this.process.exitCode === null && this.process.signalCode === null) await this.stop();
      else this.refuseComplaints();
    } finally {
      if (!this.options.dir && !process.env.SB_TEST_KEEP) rmSync(this.dir, { recursive: true, force: true });
    }
  }

  async chat(body, headers = {}) {
    const response = await fetch(this.origin + '/api/chat', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ agent_id: 'fox-hollow', ...body }),
      signal: AbortSignal.timeout(60000),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  async history(conversation, visitor, after = 0) {
    const response = await fetch(
      `${this.origin}/api/chat/history?conversation_id=${conversation}&after=${after}`,
      { headers: visitor ? { 'X-Visitor-Id': visitor } : {} });
    return { status: response.status, body: await response.json() };
  }
}
