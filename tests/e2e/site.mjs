// A whole Vitrine on this machine: `vitrine up` with a data folder of its own, its verbs, and its processes.
import { spawn, execFile } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { readFile, readdir, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { until } from './until.mjs';

const run = promisify(execFile);
export const repository = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const built = process.env.VITRINE ?? path.join(repository, 'build/release/vitrine');

// The product is run by an ordinary user, also where root runs the tests (in a container, say). That user need not be
// able to read the repository, so the program is copied to where it can.
const asRoot = process.getuid() === 0;
export const account = asRoot ? { uid: 65534, gid: 65534 } : {}; // nobody
export const program = asRoot ? path.join(temporaryFolder(), 'vitrine') : built;
if (asRoot) {
  copyFileSync(built, program);
  process.on('exit', () => rmSync(path.dirname(program), { recursive: true, force: true }));
}

// A folder of the account that runs the product.
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-'));
  if (asRoot) chownSync(folder, 65534, 65534);
  return folder;
}

export class Site {
  // Starts on a free port, with `more` words of `vitrine up`, and waits for the printed address.
  static async start({ data, listen = '127.0.0.1:0', more = [] } = {}) {
    const site = new Site();
    site.ownsData = data === undefined;
    site.data = data ?? temporaryFolder();
    site.output = [];
    site.doors = new Set();
    site.up = spawn(program, ['up', '--data', site.data, '--listen', listen, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'], ...account, env: { ...process.env, HOME: site.data, XDG_RUNTIME_DIR: undefined },
    });
    site.exited = once(site.up, 'exit');
    for (const stream of [site.up.stdout, site.up.stderr]) {
      createInterface({ input: stream }).on('line', (line) => site.output.push(line));
    }
    await until('vitrine up prints its address', () => {
      if (site.up.exitCode !== null) throw new Error(`vitrine up ended: ${site.output.join('\n')}`);
      site.url = site.match(/https:\/\/[\w.[\]:-]+/)?.[0].replace(/\/$/, '');
      return site.url;
    });
    return site;
  }

  // What `vitrine up` printed so far, searched.
  match(pattern) {
    return this.output.join('\n').match(pattern);
  }

  // `vitrine WORDS --data ...`; gives its standard output. `input` goes to its standard input.
  async vitrine(words, input = '') {
    const child = run(program, [...words, '--data', this.data], account);
    child.child.stdin.on('error', () => {}); // it may have ended without reading
    child.child.stdin.end(input);
    return (await child).stdout;
  }

  async addUser(name, password, ...options) {
    await this.vitrine(['user', 'add', name, '--password-stdin', ...options], `${password}\n`);
  }

  // The rows of `vitrine session list --json`, those of one user and resource when given.
  async sessions(match = {}) {
    const listed = JSON.parse(await this.vitrine(['session', 'list', '--json']));
    const rows = Array.isArray(listed) ? listed : listed.sessions;
    rows.forEach((row) => this.openDoor(row));
    return rows.filter((row) => Object.entries(match).every(([key, value]) => row[key] === value));
  }

  // X clients look for displays below /tmp alone; a sandbox's listens in its desktop's folder.
  openDoor({ display, xauthority }) {
    if (!display) return;
    const link = `/tmp/.X11-unix/X${display.slice(1)}`;
    if (this.doors.has(link)) return;
    this.doors.add(link);
    mkdirSync(path.dirname(link), { recursive: true });
    try {
      symlinkSync(path.join(path.dirname(xauthority), 'x11', path.basename(link)), link);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }

  async stop() {
    for (const link of this.doors) await unlink(link).catch(() => {});
    if (this.up.exitCode === null && this.up.signalCode === null) {
      this.up.kill('SIGINT');
      await this.exited;
    }
    if (this.ownsData) await rm(this.data, { recursive: true, force: true });
  }
}

// Every process, as {pid, parent, command}. Processes that end while they are read are left out.
export async function processes() {
  const found = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [stat, command] = await Promise.all([
        readFile(`/proc/${name}/stat`, 'utf8'),
        readFile(`/proc/${name}/cmdline`, 'utf8'),
      ]);
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      found.push({
        pid: Number(name), state: fields[0], parent: Number(fields[1]), command: command.replaceAll('\0', ' ').trim(),
        cpuTicks: Number(fields[11]) + Number(fields[12]),
      });
    } catch {
      // gone already
    }
  }
  return found;
}

// The pids below `root`, itself included.
export async function processTree(root) {
  const all = await processes();
  const tree = new Set([root]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const one of all) {
      if (tree.has(one.parent) && !tree.has(one.pid)) grew = Boolean(tree.add(one.pid));
    }
  }
  return all.filter((one) => tree.has(one.pid));
}

export function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
