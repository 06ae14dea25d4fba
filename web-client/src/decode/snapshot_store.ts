// Where snapshot files lie: the origin's private file system, or IndexedDB in a browser that has none (Firefox in private
// windows). Nothing here knows what is in them.

export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  readonly changedMs: number;
}

/** An outside world; tests have one in memory. Whatever fails, rejects. */
export interface SnapshotStore {
  list(): Promise<StoredFile[]>;
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Puts bytes at the end of a file that is `at` long; 0 begins it anew. */
  append(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(name: string): Promise<void>;
}

const kFolder = 'snapshots';

/** Of FileSystemFileHandle in a worker; the library's types know it only in a worker's own. */
interface SyncAccess {
  getSize(): number;
  truncate(size: number): void;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  close(): void;
}
type WorkerFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccess> };

export class OpfsStore implements SnapshotStore {
  private constructor(private readonly folder: FileSystemDirectoryHandle) {}

  static async open(): Promise<OpfsStore> {
    const root = await navigator.storage.getDirectory();
    return new OpfsStore(await root.getDirectoryHandle(kFolder, { create: true }));
  }

  async list(): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    for await (const handle of (this.folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
      if (handle.kind !== 'file') continue;
      const file = await (handle as FileSystemFileHandle).getFile();
      files.push({ name: handle.name, bytes: file.size, changedMs: file.lastModified });
    }
    return files;
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const handle = await this.folder.getFileHandle(name);
    return new Uint8Array(await (await handle.getFile()).arrayBuffer());
  }

  async append(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const handle = await this.folder.getFileHandle(name, { create: at === 0 });
    const access = await (handle as WorkerFile).createSyncAccessHandle();
    try {
      if (at > access.getSize()) throw new Error('a snapshot file was cut by somebody else');
      access.truncate(at);
      if (access.write(bytes, { at }) !== bytes.length) throw new Error('a snapshot was not written whole');
    } finally {
      access.close();
    }
  }

  async remove(name: string): Promise<void> {
    await this.folder.removeEntry(name);
  }
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error ?? new Error('IndexedDB failed')); };
  });

interface IdbFile {
  readonly changedMs: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A file is one value, so that each append writes all of it. */
export class IdbStore implements SnapshotStore {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(): Promise<IdbStore> {
    const request = indexedDB.open('vitrine-snapshots', 1);
    request.onupgradeneeded = () => { request.result.createObjectStore(kFolder); };
    return new IdbStore(await done(request));
  }

  private files(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(kFolder, mode).objectStore(kFolder);
  }

  async list(): Promise<StoredFile[]> {
    const store = this.files('readonly');
    const [names, files] = await Promise.all([done(store.getAllKeys()), done(store.getAll() as IDBRequest<IdbFile[]>)]);
    return files.map((file, i) => ({ name: String(names[i]), bytes: file.bytes.length, changedMs: file.changedMs }));
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const file = await done(this.files('readonly').get(name) as IDBRequest<IdbFile | undefined>);
    if (file === undefined) throw new Error('there is no such snapshot');
    return file.bytes;
  }

  async append(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const store = this.files('readwrite');
    const before = at === 0 ? undefined : await done(store.get(name) as IDBRequest<IdbFile | undefined>);
    if (at > (before?.bytes.length ?? 0)) throw new Error('a snapshot file was cut by somebody else');
    const whole = new Uint8Array(at + bytes.length);
    if (before !== undefined) whole.set(before.bytes.subarray(0, at));
    whole.set(bytes, at);
    await done(store.put({ changedMs: Date.now(), bytes: whole } satisfies IdbFile, name));
  }

  async remove(name: string): Promise<void> {
    await done(this.files('readwrite').delete(name));
  }
}

/** Where this browser lets a worker keep files; null where it does not, or cannot encrypt. */
export async function openStore(): Promise<SnapshotStore | null> {
  if (!('subtle' in crypto) || !('locks' in navigator)) return null;
  const worker = globalThis as { FileSystemSyncAccessHandle?: unknown };
  for (const open of [worker.FileSystemSyncAccessHandle === undefined ? null : OpfsStore.open, IdbStore.open]) {
    try {
      const store = await open?.();
      if (store !== undefined) {
        await store.list();
        return store;
      }
    } catch {
      // A browser that refuses: the next.
    }
  }
  return null;
}
