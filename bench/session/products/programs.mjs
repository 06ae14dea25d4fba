// What the drivers of other products share: programs that are started for one run and end with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processTree } from '../../../tests/e2e/site.mjs';
import { until } from '../../../tests/e2e/until.mjs';

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// The number of a display nobody has, searched from `from` on.
export function freeDisplay(from) {
  for (let number = from; number < from + 200; ++number) {
    if (!existsSync(`/tmp/.X11-unix/X${number}`) && !existsSync(`/tmp/.X${number}-lock`)) return number;
  }
  throw new Error(`no free X display from ${from} on`);
}

export const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});

// Programs with a folder of their own, ended together.
export class Programs {
  static async create(name) {
    const programs = new Programs();
    programs.folder = await mkdtemp(path.join(tmpdir(), `bench-${name}-`));
    programs.children = [];
    return programs;
  }

  // `output` keeps the end of what it said, for the error when it dies.
  start(command, words, env = {}) {
    const child = spawn(command, words, {
      cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'], // some work until their input ends
      env: { ...process.env, HOME: this.folder, XDG_RUNTIME_DIR: this.folder, XAUTHORITY: path.join(this.folder, 'xauthority'), ...env },
    });
    child.output = '';
    child.on('error', (error) => { child.output += String(error); });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { child.output = (child.output + text).slice(-4000); });
    this.children.push(child);
    return child;
  }

  // Waits until `child` serves `port`.
  async serving(child, port) {
    await until(`${path.basename(child.spawnfile)} answers`, () => {
      if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended: ${child.output}`);
      return answers(port);
    }, { timeoutMs: 30_000, everyMs: 100 });
  }

  // The processes below each named child, as {name: pid} with a number where there are several.
  async parts(named) {
    const parts = {};
    for (const [name, child] of Object.entries(named)) {
      (await processTree(child.pid)).forEach(({ pid }, index) => { parts[index === 0 ? name : `${name}${index + 1}`] = pid; });
    }
    return parts;
  }

  async stop() {
    for (const child of this.children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
