// Where snapshot files lie: the origin's private file system. Where there is none, as in private windows of some browsers,
// nothing is kept. Nothing here knows what is in them.

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

/** Where this browser lets a worker keep files; null where it does not, or cannot encrypt. */
export async function openStore(): Promise<SnapshotStore | null> {
  if (!('subtle' in crypto) || !('locks' in navigator) || !('FileSystemSyncAccessHandle' in globalThis)) return null;
  try {
    const store = await OpfsStore.open();
    await store.list();
    return store;
  } catch {
    return null;
  }
}
