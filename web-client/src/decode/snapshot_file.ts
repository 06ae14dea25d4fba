// A snapshot file, as it lies on the device. In the clear it says nothing but its lengths: the cache's random number is its
// name, and the session is a hash of the session's random number.
//
//     magic:4  session:16
//     length:4  serial:4  nonce:12  sealed...       records, each of which goes on from the one before
//
// AES-256-GCM. What is authenticated beside a record is the header, the cache, the serial and the end of the record before,
// so that none can be left out, repeated or put elsewhere. A file that ends within a record has the ones before it.
import { kCacheIdBytes, kSnapshotKeyBytes } from '../wire/messages.gen.js';

const kMagic = [0x56, 0x54, 0x53, 0x31] as const;
const kSessionBytes = 16;
export const kHeaderBytes = kMagic.length + kSessionBytes;
const kFrameBytes = 8;
const kNonceBytes = 12;
const kTagBytes = 16;

/** What records of one file go on from. */
export interface Chain {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly cache: Uint8Array<ArrayBuffer>;
  /** The last bytes of the record before; none before the first. */
  readonly before: Uint8Array<ArrayBuffer>;
}

export interface SealedRecord {
  readonly serial: number;
  /** Nonce and ciphertext. */
  readonly sealed: Uint8Array<ArrayBuffer>;
}

export interface SnapshotFile {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly records: readonly SealedRecord[];
  /** Where the last whole record ends. */
  readonly end: number;
}

const kNone = new Uint8Array(0);

/** Of a window's session, for the file of its cache. */
export async function headerOf(session: string): Promise<Uint8Array<ArrayBuffer>> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`vitrine snapshot ${session}`)));
  const header = new Uint8Array(kHeaderBytes);
  header.set(kMagic);
  header.set(hash.subarray(0, kSessionBytes), kMagic.length);
  return header;
}

export const nameOf = (cache: Uint8Array): string => Array.from(cache, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The cache that a file is of; null for a name that is none of ours. */
export function cacheOf(name: string): Uint8Array<ArrayBuffer> | null {
  if (name.length !== 2 * kCacheIdBytes || !/^[0-9a-f]+$/.test(name)) return null;
  return Uint8Array.from({ length: kCacheIdBytes }, (_, i) => Number.parseInt(name.slice(2 * i, 2 * i + 2), 16));
}

/** Null for bytes that are no snapshot file, or one without a whole record. */
export function parseFile(bytes: Uint8Array<ArrayBuffer>): SnapshotFile | null {
  if (bytes.length < kHeaderBytes || kMagic.some((byte, i) => bytes[i] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: SealedRecord[] = [];
  let at = kHeaderBytes;
  while (bytes.length - at >= kFrameBytes) {
    const length = view.getUint32(at, true);
    const serial = view.getUint32(at + 4, true);
    if (length < kNonceBytes + kTagBytes || length > bytes.length - at - kFrameBytes || serial === 0) break;
    records.push({ serial, sealed: bytes.subarray(at + kFrameBytes, at + kFrameBytes + length) });
    at += kFrameBytes + length;
  }
  return records.length === 0 ? null : { header: bytes.slice(0, kHeaderBytes), records, end: at };
}

export function importKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  if (key.length !== kSnapshotKeyBytes) throw new RangeError(`a snapshot's key has ${kSnapshotKeyBytes} bytes`);
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

export const startChain = (header: Uint8Array<ArrayBuffer>, cache: Uint8Array<ArrayBuffer>): Chain => ({ header, cache, before: kNone });

function params(chain: Chain, serial: number, nonce: Uint8Array<ArrayBuffer>): AesGcmParams {
  const { header, cache, before } = chain;
  const beside = new Uint8Array(header.length + cache.length + 4 + before.length);
  beside.set(header);
  beside.set(cache, header.length);
  new DataView(beside.buffer).setUint32(header.length + cache.length, serial, true);
  beside.set(before, header.length + cache.length + 4);
  return { name: 'AES-GCM', iv: nonce, additionalData: beside };
}

const after = (chain: Chain, sealed: Uint8Array<ArrayBuffer>): Chain => ({ ...chain, before: sealed.slice(sealed.length - kTagBytes) });

/** The bytes that a record takes in the file, and what the next goes on from. */
export async function sealRecord(key: CryptoKey, chain: Chain, serial: number, record: Uint8Array<ArrayBuffer>): Promise<{ bytes: Uint8Array<ArrayBuffer>; chain: Chain }> {
  const nonce = crypto.getRandomValues(new Uint8Array(kNonceBytes));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(params(chain, serial, nonce), key, record));
  const bytes = new Uint8Array(kFrameBytes + kNonceBytes + sealed.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, kNonceBytes + sealed.length, true);
  view.setUint32(4, serial, true);
  bytes.set(nonce, kFrameBytes);
  bytes.set(sealed, kFrameBytes + kNonceBytes);
  return { bytes, chain: after(chain, sealed) };
}

/** The records of a file as they were; null when any of them is not what was sealed with this key. */
export async function openRecords(key: CryptoKey, cache: Uint8Array<ArrayBuffer>, file: SnapshotFile): Promise<{ records: Uint8Array<ArrayBuffer>[]; chain: Chain } | null> {
  let chain = startChain(file.header, cache);
  const opening = file.records.map(({ serial, sealed }) => {
    const [nonce, body] = [sealed.subarray(0, kNonceBytes), sealed.subarray(kNonceBytes)];
    const opened = crypto.subtle.decrypt(params(chain, serial, nonce), key, body);
    chain = after(chain, body);
    return opened;
  });
  try {
    return { records: (await Promise.all(opening)).map((record) => new Uint8Array(record)), chain };
  } catch {
    // WebCrypto does not say why, and it makes no difference.
    return null;
  }
}
