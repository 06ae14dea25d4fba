// The benchmark's own programs: the emulated link and the X workloads.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { repository } from '../../tests/e2e/site.mjs';
import { until } from '../../tests/e2e/until.mjs';

const built = (name) => path.join(repository, 'build/release/bench', name);

// A relay to `port` that counts bytes and behaves like the link it is told to be.
export class Link {
  static async start(port) {
    const link = new Link();
    link.child = spawn(built('link/link_emulator'), ['--listen', '127.0.0.1:0', '--to', `127.0.0.1:${port}`, '--control'],
      { stdio: ['pipe', 'pipe', 'pipe'] });
    link.lines = [];
    createInterface({ input: link.child.stdout }).on('line', (line) => link.lines.push(JSON.parse(line)));
    const [line] = await once(createInterface({ input: link.child.stderr }), 'line');
    link.port = Number(line.match(/:(\d+)$/)?.[1]);
    if (!link.port) throw new Error(line);
    return link;
  }

  // A script line, from now on: "0s rate=5mbit delay=25ms".
  say(line) {
    this.child.stdin.write(`${line}\n`);
  }

  // What passed since the last call.
  async stats() {
    const count = this.lines.length;
    this.say('stats .');
    await until('the link tells its statistics', () => this.lines.length > count, { everyMs: 2 });
    const line = this.lines.at(-1);
    if (line.error) throw new Error(line.error);
    return line;
  }

  async stop() {
    this.child.stdin.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}

// A workload on a session's display. `events` holds what it reported: {event, n, time_us}, wall clock.
export class Workload {
  static async start(session, words, place) {
    const workload = new Workload();
    workload.events = [];
    workload.child = spawn(built('session/bench_workload'), [...(place ? ['--place', ...place.map(String)] : []), ...words],
      { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, DISPLAY: session.display, XAUTHORITY: session.xauthority } });
    createInterface({ input: workload.child.stdout }).on('line', (line) => workload.events.push(JSON.parse(line)));
    workload.exited = once(workload.child, 'exit');
    await until(`${words[0]} draws`, () => {
      if (workload.child.exitCode !== null) throw new Error(`bench_workload ${words[0]} ended`);
      return workload.events.length > 0;
    });
    return workload;
  }

  count(event) {
    return this.events.filter((one) => one.event === event).length;
  }

  async stop() {
    this.child.stdin.end();
    await this.exited;
  }
}
