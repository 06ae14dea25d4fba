// How a field looks as bytes: the twin of protocol/wire.h, held together by protocol/vectors. Runs in a page, a worker
// and Node; knows nothing of the DOM.
//
//   unsigned integer, enum   LEB128 varint, at most 5 bytes (32 bit) or 8 bytes (64 bit), shortest form only
//   signed integer           zigzag, then varint
//   bool                     one byte, 0 or 1
//   string, bytes            varint length, then the bytes; a string must be valid UTF-8 without NUL
//   list of integers         varint count, then each

export type WireErrorCode = 'malformed' | 'too_large' | 'invalid_argument';

/** Bytes that break the protocol's rules, or a value that no message can carry; the sentence names message and field. */
export class WireError extends Error {
  override readonly name = 'WireError';
  constructor(
    readonly code: WireErrorCode,
    message: string,
  ) {
    super(message);
  }
}

// ignoreBOM keeps a leading U+FEFF, which is text like any other here.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bits of the largest 64-bit integer on the wire: what a JavaScript number holds exactly. */
const kIntegerBits = 53;

/** Takes fields from one message. Byte fields are views, so the message must stay as it is while they are used. */
export class WireReader {
  /** The name errors begin with. */
  message = '';
  private at = 0;

  constructor(private readonly input: Uint8Array) {}

  messageType(): number {
    try {
      return this.uint32('type');
    } catch {
      throw new WireError('malformed', 'a message without a type');
    }
  }

  uint32(field: string): number {
    const first = this.input[this.at];
    if (first !== undefined && first < 0x80) {
      this.at += 1;
      return first;
    }
    return this.varint(field, 32);
  }

  uint64(field: string): number {
    return this.varint(field, kIntegerBits);
  }

  int32(field: string): number {
    const bits = this.uint32(field);
    return (bits >>> 1) ^ -(bits & 1);
  }

  bool(field: string): boolean {
    const value = this.varint(field, 7);
    if (value > 1) throw this.fault('malformed', field, 'is neither 0 nor 1');
    return value === 1;
  }

  enum(field: string, last: number): number {
    const value = this.uint32(field);
    if (value > last) throw this.fault('malformed', field, 'has no such value');
    return value;
  }

  bytes(field: string, limit: number): Uint8Array {
    const length = this.length(field, limit);
    const begin = this.at;
    this.at += length;
    return this.input.subarray(begin, this.at);
  }

  text(field: string, limit: number): string {
    const bytes = this.bytes(field, limit);
    if (bytes.length === 0) return '';
    if (!bytes.includes(0)) {
      try {
        return decoder.decode(bytes);
      } catch {
        // falls through to the one error for all that is not text
      }
    }
    throw this.fault('malformed', field, 'is not UTF-8 text');
  }

  uint32List(field: string, limit: number): Uint32Array {
    const list = new Uint32Array(this.length(field, limit));
    for (let i = 0; i < list.length; i += 1) list[i] = this.uint32(field);
    return list;
  }

  private varint(field: string, maxBits: number): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.input[this.at];
      if (byte === undefined) throw this.fault('malformed', field, 'is cut short');
      this.at += 1;
      const bits = byte & 0x7f;
      if (shift >= maxBits || (shift + 7 > maxBits && bits >> (maxBits - shift) !== 0)) {
        throw this.fault('malformed', field, 'is out of range');
      }
      if (byte === 0 && shift > 0) throw this.fault('malformed', field, 'is not in its shortest form');
      value += bits * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** A count that its limit allows and the rest of the message can hold. */
  private length(field: string, limit: number): number {
    const count = this.uint32(field);
    if (count > limit) throw this.fault('too_large', field, 'passes its limit');
    if (count > this.input.length - this.at) throw this.fault('malformed', field, 'is cut short');
    return count;
  }

  private fault(code: WireErrorCode, field: string, what: string): WireError {
    return new WireError(code, `${this.message}: field ${field} ${what}`);
  }
}

/** Writes one message after another into a buffer of its own, which grows to the largest. */
export class WireWriter {
  private message = '';
  private output = new Uint8Array(256);
  private at = 0;

  start(message: string, type: number): void {
    this.message = message;
    this.at = 0;
    this.varint(type);
  }

  /** A copy of what was written since start(). */
  take(): Uint8Array<ArrayBuffer> {
    return this.output.slice(0, this.at);
  }

  uint32(field: string, value: number): void {
    if (!(value >>> 0 === value)) throw this.fault(field, 'is not an unsigned 32-bit integer');
    this.varint(value);
  }

  uint64(field: string, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw this.fault(field, 'is not an unsigned safe integer');
    this.varint(value);
  }

  int32(field: string, value: number): void {
    if ((value | 0) !== value) throw this.fault(field, 'is not a signed 32-bit integer');
    this.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  bool(_field: string, value: boolean): void {
    this.varint(value ? 1 : 0);
  }

  enum(field: string, value: number, last: number): void {
    if (!(value >>> 0 === value && value <= last)) throw this.fault(field, 'has no such value');
    this.varint(value);
  }

  bytes(field: string, value: Uint8Array, limit: number): void {
    if (value.length > limit) throw this.fault(field, 'passes its limit');
    this.varint(value.length);
    this.reserve(value.length);
    this.output.set(value, this.at);
    this.at += value.length;
  }

  text(field: string, value: string, limit: number): void {
    if (value.includes('\0')) throw this.fault(field, 'holds a NUL');
    this.bytes(field, encoder.encode(value), limit);
  }

  uint32List(field: string, value: Uint32Array, limit: number): void {
    if (value.length > limit) throw this.fault(field, 'passes its limit');
    this.varint(value.length);
    for (const item of value) this.varint(item);
  }

  private varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.output[this.at] = (rest % 0x80) + 0x80;
      this.at += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.output[this.at] = rest;
    this.at += 1;
  }

  private reserve(more: number): void {
    if (this.at + more <= this.output.length) return;
    const larger = new Uint8Array(Math.max(this.output.length * 2, this.at + more));
    larger.set(this.output.subarray(0, this.at));
    this.output = larger;
  }

  private fault(field: string, what: string): WireError {
    return new WireError('invalid_argument', `${this.message}: field ${field} ${what}`);
  }
}

/** The longest part of `text` that is `limit` bytes of UTF-8 or less, whole characters only, without NUL. */
export function clipText(text: string, limit: number): string {
  const clean = text.replaceAll('\0', '');
  const bytes = encoder.encode(clean);
  if (bytes.length <= limit) return clean;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return decoder.decode(bytes.subarray(0, end));
}
