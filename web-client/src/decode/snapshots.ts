// What the page keeps on its device so that it need not be sent again when the page is loaded anew: finds the snapshot of
// its session, opens it with the key that the agent gives, and writes new ones while things are still. A file belongs to one
// page at a time, which holds a lock of its name; what is in it is the decoder's matter
// (codec/archive_snapshot.h).
import type { Cause } from '../core/effects.js';
import type { Held } from '../core/session.js';
import { SnapshotPlan } from '../core/snapshot_plan.js';
import { kCacheIdBytes, kMayKeepOnDevice, kMayView } from '../wire/messages.gen.js';
import { cacheOf, type Chain, headerOf, importKey, kHeaderBytes, nameOf, openRecords, parseFile, sealRecord, type SnapshotFile, startChain } from './snapshot_file.js';
import type { SnapshotStore, StoredFile } from './snapshot_store.js';

/** All sessions of the device together; the oldest go. */
const kMostDeviceBytes = 32 << 20;
const kMostFiles = 16;
/** One session: a picture and an archive of four screens of text and photographs. */
const kMostFileBytes = 16 << 20;
/** A file that has grown by as much as it began with, and by no less than this, is begun anew. */
const kLeastGrowth = 1 << 20;
/** As long as the agent keeps a key (host-agent/device_snapshots.h). */
const kMostAgeMs = 16 * 3600 * 1000;
/** A device whose disk does not answer in this time opens as if it had nothing. */
const kPatienceMs = 60;

export interface Taken {
  readonly record: Uint8Array<ArrayBuffer>;
  readonly held: Held;
}

interface Found {
  readonly name: string;
  readonly file: SnapshotFile;
}

/** Where this page's records go on, once it has a file. */
interface Place {
  readonly chain: Chain;
  readonly end: number;
  readonly first: number;
}

export class Snapshots {
  private cacheId = crypto.getRandomValues(new Uint8Array(kCacheIdBytes));
  private readonly stored: Promise<Found[]>;
  private store: SnapshotStore | null = null;
  private header: Promise<Uint8Array<ArrayBuffer>> | null = null;
  /** Found on the device and not opened yet. */
  private offered: SnapshotFile | null = null;
  private keyBytes: Uint8Array<ArrayBuffer> | null = null;
  private key: CryptoKey | null = null;
  private place: Place | null = null;
  private serial = 0;
  private writing: Promise<void> | null = null;
  private closed = false;
  private release: () => void = () => undefined;
  private readonly plan = new SnapshotPlan();

  constructor(opening: Promise<SnapshotStore | null>, private readonly locks: LockManager) {
    this.stored = this.look(opening);
  }

  /** Names this page's cache to the agent; known for good once find() is done. */
  get cache(): Uint8Array<ArrayBuffer> {
    return this.cacheId;
  }

  /** The serial of what could be opened; 0: nothing. */
  get offer(): number {
    return this.offered?.records.at(-1)?.serial ?? 0;
  }

  private async look(opening: Promise<SnapshotStore | null>): Promise<Found[]> {
    this.store = await opening;
    if (this.store === null) return [];
    const found: Found[] = [];
    for (const { name, changedMs } of newestFirst(await this.store.list())) {
      const old = Date.now() - changedMs > kMostAgeMs;
      const file = old || cacheOf(name) === null ? null : parseFile(await this.store.read(name));
      if (file !== null) found.push({ name, file });
      else if (old) await this.removeUnused(name);
    }
    return found;
  }

  /**
   * Looks for a snapshot of a monitor of what is opened, a session or what the catalogue has by this name; what is not
   * there soon is not there. Only the first call looks.
   */
  async find(opened: string, monitor = 0): Promise<void> {
    if (this.header !== null) return;
    this.header = headerOf(`${opened} ${monitor}`);
    const signal = AbortSignal.timeout(kPatienceMs);
    const late = new Promise<null>((resolve) => { signal.addEventListener('abort', () => { resolve(null); }); });
    const mine = (async (): Promise<Found | null> => {
      for (const one of await this.stored) {
        if (!sameBytes(one.file.header, await this.header) || signal.aborted) continue;
        if (await this.hold(one.name, signal)) return one;
      }
      return null;
    })().catch(() => null);
    const found = await Promise.race([mine, late]);
    if (found === null) {
      void mine.then((one) => { if (one !== null) this.release(); });
      void this.hold(nameOf(this.cacheId));
      return;
    }
    this.cacheId = cacheOf(found.name) ?? this.cacheId;
    this.offered = found.file;
    this.serial = this.offer;
  }

  /**
   * The agent gives the key, and says that it builds on the snapshot of this serial, or with 0 on none. False when that
   * one cannot be had: nothing that the agent sends can be used then.
   */
  async open(keyBytes: Uint8Array<ArrayBuffer>, serial: number, load: (records: Uint8Array<ArrayBuffer>[]) => boolean): Promise<boolean> {
    const file = this.offered;
    this.offered = null;
    const same = this.keyBytes !== null && sameBytes(keyBytes, this.keyBytes);
    try {
      this.key = await importKey(keyBytes);
    } catch {
      // A key that is none: nothing is kept, and nothing can be opened.
      this.forget();
      return serial === 0;
    }
    this.keyBytes = keyBytes;
    if (serial === 0) {
      if (file !== null || !same) this.begin();
      return true;
    }
    const opened = file !== null && serial === file.records.at(-1)?.serial ? await openRecords(this.key, this.cacheId, file) : null;
    if (file === null || opened === null || !load(opened.records)) {
      this.begin();
      return false;
    }
    const first = kHeaderBytes + (file.records[0]?.sealed.length ?? 0);
    this.place = { chain: opened.chain, end: file.end, first };
    return true;
  }

  /** What there was is of no use: the next record begins the file anew. */
  private begin(): void {
    this.place = null;
    void this.removeOwn();
  }

  changed(nowMs: number): void {
    if (this.key !== null) this.plan.changed(nowMs);
  }

  dueMs(): number {
    return this.key === null || this.writing !== null ? Infinity : this.plan.dueMs();
  }

  /** There is something to save, even if its time has not come. */
  get wanted(): boolean {
    return this.key !== null && this.writing === null && this.plan.due;
  }

  /**
   * Takes the next record with `take`, which is asked for a whole one where the file begins anew, and tells the agent of
   * it; then it is written while other things go on.
   */
  save(take: (anew: boolean) => Taken | null, tell: (serial: number, held: Held) => void, nowMs: number): void {
    const [key, store, header] = [this.key, this.store, this.header];
    if (key === null || store === null || header === null || this.writing !== null || this.closed) return;
    const place = this.place !== null && this.place.end < Math.max(2 * this.place.first, this.place.first + kLeastGrowth) ? this.place : null;
    const taken = take(place === null);
    this.plan.taken(nowMs);
    if (taken === null || taken.record.length > kMostFileBytes) {
      // The decoder goes on from what was taken, which no file has.
      this.place = null;
      this.plan.failed(nowMs);
      return;
    }
    this.serial += 1;
    tell(this.serial, taken.held);
    this.writing = this.write(store, key, header, place, taken.record)
      .catch(() => {
        this.place = null;
        this.plan.failed(nowMs);
      })
      .finally(() => { this.writing = null; });
  }

  private async write(store: SnapshotStore, key: CryptoKey, header: Promise<Uint8Array<ArrayBuffer>>, place: Place | null, record: Uint8Array<ArrayBuffer>): Promise<void> {
    const name = nameOf(this.cacheId);
    const chain = place?.chain ?? startChain(await header, this.cacheId);
    const sealed = await sealRecord(key, chain, this.serial, record);
    const bytes = place === null ? joined(chain.header, sealed.bytes) : sealed.bytes;
    const end = (place?.end ?? 0) + bytes.length;
    await this.makeRoom(store, name, end);
    if (key !== this.key) return;
    await store.append(name, end - bytes.length, bytes);
    // The key or the right to it went while this was on its way.
    if (key !== this.key) await store.remove(name);
    else this.place = { chain: sealed.chain, end, first: place?.first ?? end };
  }

  private async makeRoom(store: SnapshotStore, name: string, bytes: number): Promise<void> {
    const others = newestFirst(await store.list()).filter((one) => one.name !== name);
    let left = others.reduce((sum, one) => sum + one.bytes, 0);
    while (left + bytes > kMostDeviceBytes || others.length >= kMostFiles) {
      const oldest = others.pop();
      if (oldest === undefined) throw new Error('a snapshot is larger than a device keeps');
      if (await this.removeUnused(oldest.name)) left -= oldest.bytes;
    }
  }

  /** What the session has come to: where it is over for this page, or may not be kept, nothing of it stays. */
  status(rights: number, ended: Cause | null): void {
    const forbidden = (rights & kMayView) !== 0 && (rights & kMayKeepOnDevice) === 0;
    const over = ended !== null && ['signed-out', 'forbidden', 'session-ended', 'desktop-failed', 'gone'].includes(ended);
    if (forbidden || over) this.forget();
  }

  /** Deletes what this page has on the device, and writes nothing until there is another key. */
  forget(): void {
    if (this.key === null && this.offered === null && this.place === null) return;
    this.key = null;
    this.keyBytes = null;
    this.offered = null;
    this.begin();
  }

  close(): void {
    this.closed = true;
    this.release();
  }

  private async removeOwn(): Promise<void> {
    await this.writing;
    if (this.place === null) await this.store?.remove(nameOf(this.cacheId)).catch(() => undefined);
  }

  /** False when another page has it. */
  private async removeUnused(name: string): Promise<boolean> {
    return this.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
      if (lock === null) return false;
      await this.store?.remove(name);
      return true;
    });
  }

  /** Until close(); false when another page has it for as long as the signal lets one wait. */
  private hold(name: string, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const held = (): Promise<void> => new Promise((release) => {
        this.release = release;
        if (this.closed) release();
        resolve(true);
      });
      this.locks.request(lockOf(name), signal === undefined ? {} : { signal }, held).catch(() => { resolve(false); });
    });
  }
}

/** Deletes all snapshots of this device: nobody is signed in any more. */
export async function forgetAll(opening: Promise<SnapshotStore | null>): Promise<void> {
  const store = await opening;
  for (const { name } of (await store?.list()) ?? []) await store?.remove(name).catch(() => undefined);
}

const lockOf = (name: string): string => `vitrine snapshot ${name}`;

const newestFirst = (files: readonly StoredFile[]): StoredFile[] => [...files].sort((a, b) => b.changedMs - a.changedMs);

const sameBytes = (a: Uint8Array, b: Uint8Array | null): boolean => b !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
