// The TypeScript half of the golden vectors in protocol/vectors; tests/unit/protocol/vectors_test.cpp is the C++ half.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import {
  type AnyMessage,
  CloseCode,
  kMaxName,
  kMaxWireInteger,
  MessageType,
  parseMessage,
  parseToViewer,
  serialize,
} from '../src/wire/messages.gen.js';
import { clipText, WireError } from '../src/wire/wire.js';

type Piece = string | { hex: string; times: number };
type FieldValue = number | boolean | string | number[] | { hex?: string; text?: string; item?: number; times: number };
interface MessageVector {
  message: string;
  values: string;
  wire: Piece[];
  fields: Record<string, FieldValue>;
}
interface MalformedVector {
  what: string;
  hex: string;
  code: string;
  error: string;
}

function readVectors<T>(name: string): T {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const path = join(folder, 'protocol', 'vectors', name);
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
    if (folder === dirname(folder)) throw new Error(`run inside the repository: no protocol/vectors/${name} above here`);
  }
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function pieceBytes(piece: Piece): Uint8Array {
  return typeof piece === 'string' ? fromHex(piece) : fromHex(piece.hex.repeat(piece.times));
}

function wireBytes(pieces: Piece[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces.map(pieceBytes)));
}

function fieldValue(value: FieldValue, like: unknown): unknown {
  if (like instanceof Uint32Array) {
    if (Array.isArray(value)) return Uint32Array.from(value);
    if (typeof value === 'object') return new Uint32Array(value.times).fill(value.item ?? 0);
  }
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  if (value.hex !== undefined) return fromHex(value.hex.repeat(value.times));
  return (value.text ?? '').repeat(value.times);
}

const camelCase = (snake: string): string => snake.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const messageVectors = readVectors<MessageVector[]>('messages.json');

test('every message is read and written as its vectors say', () => {
  assert.ok(messageVectors.length > 90);
  for (const vector of messageVectors) {
    const name = `${vector.message}, ${vector.values}`;
    const bytes = wireBytes(vector.wire);
    const message = parseMessage(bytes);
    assert.ok(message, name);
    assert.equal(message.type, vector.message);
    const fields = message as unknown as Record<string, unknown>;
    assert.equal(Object.keys(fields).length, Object.keys(vector.fields).length + 1, name);
    for (const [field, expected] of Object.entries(vector.fields)) {
      const actual = fields[camelCase(field)];
      const wanted = fieldValue(expected, actual);
      if (wanted instanceof Uint8Array) {
        assert.ok(actual instanceof Uint8Array && equalBytes(actual, wanted), `${name}: ${field}`);
      } else {
        assert.deepEqual(actual, wanted, `${name}: ${field}`);
      }
    }
    assert.ok(equalBytes(serialize(message), bytes), name);
  }
});

test('every broken rule gives the error that C++ gives', () => {
  for (const vector of readVectors<MalformedVector[]>('malformed.json')) {
    assert.throws(
      () => parseMessage(fromHex(vector.hex)),
      (error) => error instanceof WireError && error.code === vector.code && error.message === vector.error,
      `${vector.hex}: ${vector.error}`,
    );
  }
});

test('a message cut at any byte is refused, and no flipped bit throws anything but WireError', () => {
  for (const vector of messageVectors.filter((one) => one.values === 'mixed')) {
    const bytes = wireBytes(vector.wire);
    for (let size = 0; size < bytes.length; size += 1) {
      assert.throws(() => parseMessage(bytes.subarray(0, size)), WireError);
    }
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        parseMessage(flipped);
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
      }
    }
  }
});

test('unknown types are skipped and bytes after the last field are ignored', () => {
  for (const hex of ['00ff', '0f', '1dffff', '3fff', '7f', 'ffffffff0f00']) {
    assert.equal(parseMessage(fromHex(hex)), null);
    assert.equal(parseToViewer(fromHex(hex)), null);
  }
  assert.deepEqual(parseMessage(fromHex('080507ff00')), { type: 'Pong', timeUs: 5, clockUs: 7 });
});

test('what does not come from the viewer’s other end is refused', () => {
  const key = serialize({ type: 'Key', sequence: 1, down: true, code: 'KeyA', key: 'a', modifiers: 0 });
  assert.throws(() => parseToViewer(key), { code: 'malformed', message: 'Key does not come from this side' });
  const close = serialize({ type: 'Close', code: CloseCode.Timeout, reason: 'silence' });
  assert.deepEqual(parseToViewer(close), { type: 'Close', code: CloseCode.Timeout, reason: 'silence' });
  assert.equal(MessageType.Close, close[0]);
});

test('byte fields are views into the message, not copies', () => {
  const bytes = serialize({
    type: 'Update',
    inputs: new Uint32Array(),
    id: 1,
    flags: 0,
    inputSequence: 0,
    captureUs: 0,
    agentUs: 0,
    body: Uint8Array.of(1, 2, 3),
  });
  const update = parseMessage(bytes);
  assert.equal(update?.type, 'Update');
  if (update?.type === 'Update') assert.equal(update.body.buffer, bytes.buffer);
});

test('values that no message can carry are refused when written', () => {
  const refused = (message: AnyMessage): void => {
    assert.throws(() => serialize(message), (error) => error instanceof WireError && error.code === 'invalid_argument');
  };
  for (const timeUs of [-1, 1.5, NaN, Infinity, kMaxWireInteger + 1]) refused({ type: 'Ping', timeUs });
  for (const sequence of [-1, 0.5, 2 ** 32, NaN]) refused({ type: 'ReleaseAll', sequence });
  for (const x of [2 ** 31, -(2 ** 31) - 1, 0.5, NaN]) refused({ type: 'PointerMove', sequence: 1, x, y: 0 });
  refused({ type: 'Close', code: 13 as CloseCode, reason: '' });
  refused({ type: 'Welcome', version: 1, session: 'x'.repeat(kMaxName + 1), rights: 0 });
  refused({ type: 'TextInput', sequence: 1, text: 'a\0b' });
});

test('clipped text is whole characters within the limit', () => {
  assert.equal(clipText('naïve', 5), 'naïv');
  assert.equal(clipText('naïve', 3), 'na');
  assert.equal(clipText('a\0b', 9), 'ab');
  assert.equal(clipText('🖥🖥', 7), '🖥');
  assert.equal(clipText('x', 0), '');
});
