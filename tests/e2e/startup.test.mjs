// Starting and stopping: what goes wrong says so in one sentence, and nothing is left behind.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Site, account, alive, processTree, program, temporaryFolder } from './site.mjs';
import { until } from './until.mjs';

const vitrine = (...words) => spawnSync(program, words, { encoding: 'utf8', timeout: 60_000, ...account });

describe('vitrine up', () => {
  test('a wrong flag names itself and what is allowed', () => {
    const run = vitrine('up', '--lisen', '127.0.0.1:1');
    assert.equal(run.status, 2);
    assert.match(run.stderr, /--lisen/);
    assert.match(run.stderr, /--help|--listen/);
  });

  test('a wrong word names itself and what is allowed', () => {
    const run = vitrine('frobnicate');
    assert.equal(run.status, 2);
    assert.match(run.stderr, /frobnicate[^]*\bup\b/);
  });

  test('a wrong listen address says what one looks like', () => {
    const data = temporaryFolder();
    for (const address of ['nonsense', '127.0.0.1:99999', '127.0.0.1:http']) {
      const run = vitrine('up', '--data', data, '--listen', address);
      assert.notEqual(run.status, 0);
      assert.match(run.stderr, /127\.0\.0\.1:8443|ADDRESS:PORT|ADDR:PORT/, run.stderr);
    }
    rmSync(data, { recursive: true });
  });

  test('a taken port is named', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    const data = temporaryFolder();
    const run = vitrine('up', '--data', data, '--listen', `127.0.0.1:${port}`);
    taken.close();
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, new RegExp(`${port}.*(in use|taken)`, 'i'), run.stderr);
    rmSync(data, { recursive: true });
  });

  test('a data folder that cannot be is named', () => {
    const data = temporaryFolder();
    const file = path.join(data, 'file');
    writeFileSync(file, '');
    const run = vitrine('up', '--data', path.join(file, 'inside'), '--listen', '127.0.0.1:0');
    assert.notEqual(run.status, 0);
    assert.ok(run.stderr.includes(file), run.stderr);
    rmSync(data, { recursive: true });
  });

  test('a second one on the same folder is refused', async () => {
    const site = await Site.start();
    const run = vitrine('up', '--data', site.data, '--listen', '127.0.0.1:0');
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /already|running/i);
    await site.stop();
  });

  test('verbs without a running Vitrine say how to start one', () => {
    const data = temporaryFolder();
    const run = vitrine('user', 'list', '--data', data);
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /vitrine up/);
    rmSync(data, { recursive: true });
  });

  test('a second start finds users again and prints no password; Ctrl-C ends all it started', async () => {
    const data = temporaryFolder();
    const first = await Site.start({ data });
    await first.addUser('grace', 'a long enough password');
    assert.match(await first.vitrine(['user', 'list']), /grace/);
    const pids = (await processTree(first.up.pid)).map((one) => one.pid);
    assert.ok(pids.length >= 3, 'broker and gateway are processes of their own');
    await first.stop();
    await until('all of it is gone', () => !pids.some(alive));

    const second = await Site.start({ data });
    assert.match(await second.vitrine(['user', 'list']), /grace/);
    assert.equal(second.match(/password:/i), null);
    await second.stop();
    rmSync(data, { recursive: true });
  });

  test('kill -9 leaves nothing behind', async () => {
    const site = await Site.start();
    const pids = (await processTree(site.up.pid)).map((one) => one.pid);
    site.up.kill('SIGKILL');
    await until('all of it is gone', () => !pids.some(alive));
    rmSync(site.data, { recursive: true, force: true });
  });
});
