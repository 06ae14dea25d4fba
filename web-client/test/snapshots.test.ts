// What a page keeps on its device, over a store and locks in memory: that it comes back whole, that nobody can read or
// change it, and when it goes.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { kNothing } from '../src/core/session_facts.js';
import { kAfterFailureMs, kAtLatestMs, kBetweenMs, kStillMs, SnapshotPlan } from '../src/core/snapshot_plan.js';
import { cacheOf, headerOf, importKey, nameOf, openRecords, parseFile, sealRecord, startChain } from '../src/decode/snapshot_file.js';
import type { SnapshotStore, StoredFile } from '../src/decode/snapshot_store.js';
import { forgetAll, Snapshots, type Taken } from '../src/decode/snapshots.js';
import { kMayKeepOnDevice, kMayView } from '../src/wire/messages.gen.js';

// Older versions of Node have it by another name.
(globalThis as { crypto?: unknown }).crypto ??= webcrypto;

type Bytes = Uint8Array<ArrayBuffer>;

class MemoryStore implements SnapshotStore {
  readonly files = new Map<string, { bytes: Bytes; changedMs: number }>();
  full = false;

  list(): Promise<StoredFile[]> {
    return Promise.resolve([...this.files].map(([name, { bytes, changedMs }]) => ({ name, bytes: bytes.length, changedMs })));
  }
  read(name: string): Promise<Bytes> {
    const file = this.files.get(name);
    return file === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(file.bytes);
  }
  append(name: string, at: number, bytes: Bytes): Promise<void> {
    const before = this.files.get(name)?.bytes ?? new Uint8Array(0);
    if (this.full || at > before.length) return Promise.reject(new Error('no room'));
    const whole = new Uint8Array(at + bytes.length);
    whole.set(before.subarray(0, at));
    whole.set(bytes, at);
    this.files.set(name, { bytes: whole, changedMs: Date.now() });
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    return this.files.delete(name) ? Promise.resolve() : Promise.reject(new Error('no such file'));
  }
  get only(): Bytes {
    assert.equal(this.files.size, 1);
    return [...this.files.values()][0]?.bytes ?? new Uint8Array(0);
  }
}

/** As the browser's, of what is used here: one holder a name, others wait or are turned away. */
class MemoryLocks {
  private readonly held = new Set<string>();

  async request(name: string, options: { ifAvailable?: boolean; signal?: AbortSignal }, work: (lock: object | null) => Promise<unknown>): Promise<unknown> {
    while (this.held.has(name)) {
      if (options.ifAvailable === true) return work(null);
      options.signal?.throwIfAborted();
      await soon();
    }
    this.held.add(name);
    try {
      return await work({});
    } finally {
      this.held.delete(name);
    }
  }
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const bytesOf = (text: string): Bytes => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const kKey = new Uint8Array(32).fill(5);
const kHour = 3_600_000;

class Device {
  readonly store = new MemoryStore();
  readonly locks = new MemoryLocks();

  async open(session = 's1'): Promise<Page> {
    const page = new Page(new Snapshots(Promise.resolve(this.store), this.locks as unknown as LockManager));
    await page.snapshots.find(session);
    return page;
  }
}

class Page {
  nowMs = 1_000_000;
  told: number[] = [];
  loaded: string[] = [];
  anew: boolean[] = [];
  constructor(readonly snapshots: Snapshots) {}

  openWith(serial: number, key = kKey, good = true): Promise<boolean> {
    return this.snapshots.open(key, serial, (records) => {
      this.loaded = records.map(textOf);
      return good;
    });
  }
  async save(text: string): Promise<void> {
    this.nowMs += kHour;
    this.snapshots.changed(this.nowMs);
    assert.ok(this.snapshots.dueMs() < this.nowMs + kHour, 'there is something to save');
    const take = (anew: boolean): Taken => {
      this.anew.push(anew);
      return { record: bytesOf(text), held: kNothing };
    };
    this.snapshots.save(take, (serial) => { this.told.push(serial); }, this.nowMs);
    await settled();
  }
}

/** Questions that WebCrypto has not answered: it works on other threads. */
let unanswered = 0;
for (const name of ['digest', 'importKey', 'encrypt', 'decrypt'] as const) {
  const ask = crypto.subtle[name].bind(crypto.subtle) as (...args: unknown[]) => Promise<unknown>;
  Object.defineProperty(crypto.subtle, name, { configurable: true, value: (...args: unknown[]) => {
    unanswered += 1;
    return ask(...args).finally(() => { unanswered -= 1; });
  } });
}

/** Everything that was begun is done: several turns of the loop in a row began nothing that is on its way. */
async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 5; quiet = unanswered === 0 ? quiet + 1 : 0) await soon();
}

test('a page that is loaded anew gets back all records, in their order', async () => {
  const device = new Device();
  const first = await device.open();
  assert.equal(first.snapshots.offer, 0);
  assert.ok(await first.openWith(0));
  for (const text of ['one', 'two', 'three']) await first.save(text);
  assert.deepEqual(first.told, [1, 2, 3]);
  assert.deepEqual(first.anew, [true, false, false]);
  first.snapshots.close();

  const second = await device.open();
  assert.equal(second.snapshots.offer, 3);
  assert.deepEqual(second.snapshots.cache, first.snapshots.cache);
  assert.ok(await second.openWith(3));
  assert.deepEqual(second.loaded, ['one', 'two', 'three']);
  await second.save('four');
  assert.deepEqual(second.told, [4]);
  assert.deepEqual(second.anew, [false], 'it goes on from what was loaded');
  second.snapshots.close();
  const third = await device.open();
  assert.ok(await third.openWith(4));
  assert.deepEqual(third.loaded, ['one', 'two', 'three', 'four']);
});

test('nothing but lengths and random numbers lies in the clear', async () => {
  const device = new Device();
  const page = await device.open('session-of-ada');
  await page.openWith(0);
  await page.save('the salary of everybody '.repeat(20));
  const text = Buffer.from(device.store.only).toString('latin1');
  for (const word of ['salary', 'session-of-ada', Buffer.from(kKey).toString('latin1').slice(0, 8)]) assert.ok(!text.includes(word), word);
  assert.match([...device.store.files.keys()][0] ?? '', /^[0-9a-f]{32}$/);
});

test('a snapshot is for its session, and for one page at a time', async () => {
  const device = new Device();
  const page = await device.open('s1');
  await page.openWith(0);
  await page.save('one');
  assert.equal((await device.open('s2')).snapshots.offer, 0);
  const beside = await device.open('s1');
  assert.equal(beside.snapshots.offer, 0, 'another window has it');
  assert.notDeepEqual(beside.snapshots.cache, page.snapshots.cache);
  page.snapshots.close();
  await settled();
  assert.equal((await device.open('s1')).snapshots.offer, 1);
});

async function sealedFile(records: readonly string[]): Promise<{ bytes: Bytes; cache: Bytes; key: CryptoKey }> {
  const cache = new Uint8Array(16).fill(3);
  const key = await importKey(kKey);
  const header = await headerOf('s1');
  let chain = startChain(header, cache);
  let file = Buffer.from(header);
  for (const [i, text] of records.entries()) {
    const sealed = await sealRecord(key, chain, i + 1, bytesOf(text));
    chain = sealed.chain;
    file = Buffer.concat([file, sealed.bytes]);
  }
  return { bytes: new Uint8Array(file), cache, key };
}

test('another key, another cache and any flipped bit open nothing', async () => {
  const { bytes, cache, key } = await sealedFile(['one', 'two']);
  const file = parseFile(bytes);
  assert.ok(file !== null);
  assert.equal(file.end, bytes.length);
  assert.deepEqual((await openRecords(key, cache, file))?.records.map(textOf), ['one', 'two']);
  assert.equal(await openRecords(await importKey(new Uint8Array(32).fill(6)), cache, file), null);
  assert.equal(await openRecords(key, new Uint8Array(16), file), null);
  for (let bit = 0; bit < 8 * bytes.length; bit += 5) {
    const bad = bytes.slice();
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const parsed = parseFile(bad);
    if (parsed === null) continue;
    const opened = await openRecords(key, cache, parsed);
    // A length that says that the second is not whole leaves the first.
    if (opened !== null) assert.deepEqual(opened.records.map(textOf), ['one'], `bit ${bit}`);
  }
});

test('records cannot be left out, repeated, or come from another time', async () => {
  const { bytes, cache, key } = await sealedFile(['one', 'two', 'three']);
  const file = parseFile(bytes);
  assert.ok(file !== null);
  const [one, two, three] = file.records;
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  const other = parseFile((await sealedFile(['uno', 'due', 'tre'])).bytes);
  const due = other?.records[1];
  assert.ok(due !== undefined);
  for (const records of [[two, three], [one, three], [one, one], [one, two, two], [one, due, three], [one, { ...two, serial: 3 }]]) {
    assert.equal(await openRecords(key, cache, { ...file, records }), null);
  }
});

test('a file that was cut anywhere has its whole records or none', async () => {
  const { bytes, cache, key } = await sealedFile(['one', 'two']);
  for (let length = 0; length < bytes.length; length += 1) {
    const file = parseFile(bytes.slice(0, length));
    if (file === null) continue;
    assert.deepEqual((await openRecords(key, cache, file))?.records.map(textOf), ['one']);
  }
  assert.equal(parseFile(new Uint8Array(1000).fill(255)), null);
  for (const name of ['', '..', 'x'.repeat(32), 'ab'.repeat(15), 'AB'.repeat(16)]) assert.equal(cacheOf(name), null);
  assert.deepEqual(cacheOf(nameOf(cache)), cache);
});

test('what the agent does not build on, or what cannot be loaded, is deleted', async () => {
  for (const open of [
    (page: Page) => page.openWith(0),
    (page: Page) => page.openWith(1, new Uint8Array(32).fill(6)),
    (page: Page) => page.openWith(2),
    (page: Page) => page.openWith(1, kKey, false),
  ]) {
    const device = new Device();
    const first = await device.open();
    await first.openWith(0);
    await first.save('one');
    first.snapshots.close();
    const second = await device.open();
    await open(second);
    await settled();
    assert.equal(device.store.files.size, 0);
    await second.save('again');
    assert.deepEqual(second.anew, [true]);
    assert.equal(device.store.files.size, 1);
  }
});

test('the same key over another link goes on with the file; another begins it anew', async () => {
  const device = new Device();
  const page = await device.open();
  await page.openWith(0);
  await page.save('one');
  await page.openWith(0);
  await page.save('two');
  await page.openWith(0, new Uint8Array(32).fill(6));
  await page.save('three');
  assert.deepEqual(page.anew, [true, false, true]);
  assert.deepEqual(parseFile(device.store.only)?.records.map(({ serial }) => serial), [3]);
});

test('nothing stays where the right went, the session ended or nobody is signed in', async () => {
  const keeps = kMayView | kMayKeepOnDevice;
  const ends: ((page: Page, device: Device) => void)[] = [
    (page) => { page.snapshots.status(kMayView, null); },
    (page) => { page.snapshots.status(keeps, 'session-ended'); },
    (page) => { page.snapshots.status(keeps, 'signed-out'); },
    (page, device) => { page.snapshots.forget(); void forgetAll(Promise.resolve(device.store)); },
  ];
  for (const end of ends) {
    const device = new Device();
    const page = await device.open();
    await page.openWith(0);
    await page.save('one');
    page.snapshots.status(keeps, null);
    page.snapshots.status(keeps, 'left');
    page.snapshots.status(0, null);
    await settled();
    assert.equal(device.store.files.size, 1, 'who only left comes back');
    end(page, device);
    await settled();
    assert.equal(device.store.files.size, 0);
    page.snapshots.changed(page.nowMs);
    assert.equal(page.snapshots.dueMs(), Infinity, 'and nothing is written any more');
  }
});

test('what was being written when the right went does not stay', async () => {
  const device = new Device();
  const page = await device.open();
  await page.openWith(0);
  page.snapshots.changed(page.nowMs);
  page.snapshots.save(() => ({ record: bytesOf('one'), held: kNothing }), () => undefined, page.nowMs);
  page.snapshots.forget();
  await settled();
  assert.equal(device.store.files.size, 0);
});

test('a key that is none keeps nothing and holds nobody up', async () => {
  const device = new Device();
  const page = await device.open();
  assert.ok(await page.openWith(0, new Uint8Array(5)));
  assert.ok(!(await page.openWith(1, new Uint8Array(5))));
  page.snapshots.changed(page.nowMs);
  assert.equal(page.snapshots.dueMs(), Infinity);
});

test('a found snapshot goes where the session may keep none any more', async () => {
  const device = new Device();
  const first = await device.open();
  await first.openWith(0);
  await first.save('one');
  first.snapshots.close();
  const second = await device.open();
  second.snapshots.status(kMayView, null);
  await settled();
  assert.equal(device.store.files.size, 0);
});

test('a device keeps so much of all sessions; the oldest go, but not those of open pages', async () => {
  const device = new Device();
  const open = await device.open('held');
  await open.openWith(0);
  await open.save('held');
  const page = await device.open('mine');
  await page.openWith(0);
  const junk = (name: string, changedMs: number): void => { device.store.files.set(name, { bytes: new Uint8Array(10 << 20), changedMs }); };
  for (const [i, name] of ['a', 'b', 'c'].entries()) junk(name, Date.now() - (3 - i) * 1000);
  for (const file of device.store.files.values()) if (file.bytes.length < 1000) file.changedMs = Date.now() - 10_000;
  await page.save('x'.repeat(3 << 20));
  assert.deepEqual([...device.store.files.keys()].filter((name) => name.length === 1), ['b', 'c']);
  assert.equal(device.store.files.size, 4);
});

test('a file that grew is begun anew, and one too large is not written', async () => {
  const device = new Device();
  const page = await device.open();
  await page.openWith(0);
  for (let i = 0; i < 4; i += 1) await page.save('x'.repeat(600_000));
  assert.deepEqual(page.anew, [true, false, false, true]);
  await page.save('x'.repeat((16 << 20) + 1));
  assert.deepEqual(page.told, [1, 2, 3, 4]);
  assert.equal(parseFile(device.store.only)?.records.at(-1)?.serial, 4);
});

test('a full disk costs the snapshot and nothing else', async () => {
  const device = new Device();
  const page = await device.open();
  await page.openWith(0);
  device.store.full = true;
  await page.save('one');
  assert.equal(device.store.files.size, 0);
  page.snapshots.changed(page.nowMs);
  assert.equal(page.snapshots.dueMs(), page.nowMs + kAfterFailureMs);
  device.store.full = false;
  await page.save('two');
  assert.deepEqual(page.anew, [true, true]);
  assert.equal(device.store.files.size, 1);
});

test('a snapshot that is older than any key is deleted unread', async () => {
  const device = new Device();
  const first = await device.open();
  await first.openWith(0);
  await first.save('one');
  first.snapshots.close();
  await settled();
  for (const file of device.store.files.values()) file.changedMs -= 17 * kHour;
  assert.equal((await device.open()).snapshots.offer, 0);
  await settled();
  assert.equal(device.store.files.size, 0);
});

test('a device without a place to keep anything, or one that does not answer, holds nobody up', async () => {
  const locks = new MemoryLocks() as unknown as LockManager;
  // A signal's own timer does not keep Node running.
  const running = setTimeout(() => undefined, 10_000);
  for (const store of [Promise.resolve(null), new Promise<null>(() => undefined)]) {
    const snapshots = new Snapshots(store, locks);
    await snapshots.find('s1');
    assert.equal(snapshots.offer, 0);
    assert.equal(snapshots.cache.length, 16);
  }
  clearTimeout(running);
});

test('it is time once things are still, now and then where they never are, and not too often', () => {
  const plan = new SnapshotPlan();
  assert.equal(plan.dueMs(), Infinity);
  plan.changed(0);
  plan.changed(1_000);
  assert.equal(plan.dueMs(), 1_000 + kStillMs);
  for (let ms = 1_000; ms < kAtLatestMs; ms += 500) plan.changed(ms);
  assert.equal(plan.dueMs(), kAtLatestMs);
  plan.taken(kAtLatestMs);
  assert.equal(plan.dueMs(), Infinity);
  plan.changed(kAtLatestMs + 1);
  assert.equal(plan.dueMs(), kAtLatestMs + kBetweenMs);
});
