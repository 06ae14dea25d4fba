// A real PostgreSQL in a temporary folder, on a unix socket, run by the account that runs the product.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { account, temporaryFolder } from './site.mjs';
import { until } from './until.mjs';

const run = promisify(execFile);

// Where Debian keeps the server's programs; the newest version's folder.
function programFolder() {
  const root = '/usr/lib/postgresql';
  try {
    const newest = Math.max(...readdirSync(root).map(Number).filter(Number.isFinite));
    return path.join(root, String(newest), 'bin');
  } catch {
    throw new Error('this test needs PostgreSQL: apt install postgresql-15');
  }
}

export class PostgresServer {
  static async start() {
    const server = new PostgresServer();
    server.folder = temporaryFolder();
    server.programs = programFolder();
    server.options = { ...account, cwd: '/' };
    await run(path.join(server.programs, 'initdb'), ['-D', `${server.folder}/data`, '-U', 'vitrine', '-A', 'trust', '-N', '--no-instructions',
      '--encoding=UTF8', '--locale=C.UTF-8'], server.options);
    // However the test ends, it leaves no server.
    process.on('exit', () => server.child?.kill('SIGQUIT'));
    await server.resume();
    return server;
  }

  get url() {
    return `postgresql://vitrine@${encodeURIComponent(this.folder)}/postgres`;
  }

  // Starts it, again after stop(), and waits until it answers.
  async resume() {
    const log = openSync(`${this.folder}/log`, 'a');
    const child = spawn(path.join(this.programs, 'postgres'), ['-D', `${this.folder}/data`, '-k', this.folder, '-h', '', '-c', 'fsync=off',
      '-c', 'shared_buffers=16MB', '-c', 'dynamic_shared_memory_type=mmap'], { ...this.options, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    this.exited = once(child, 'exit');
    await until('PostgreSQL answers', async () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${readFileSync(`${this.folder}/log`, 'utf8')}`);
      return (await this.ask('SELECT 1')) === '1';
    });
  }

  // As an administrator stops it: connections are cut.
  async stop() {
    this.child?.kill('SIGINT');
    await this.exited;
    this.child = undefined;
  }

  // What a statement gives, as `psql` prints it.
  async ask(sql) {
    const { stdout } = await run(path.join(this.programs, 'psql'), ['-X', '-A', '-t', '-d', this.url, '-c', sql], this.options);
    return stdout.trim();
  }

  async remove() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
