import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClipboardLink, type ClipEffect } from '../src/core/clipboard.js';
import {
  kClipHtml, kClipImage, kClipText, kMaxClipboard, kMaxClipPart, kMayPasteImage, kMayPasteText,
  type MessageFromViewer,
} from '../src/wire/messages.gen.js';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

class World {
  readonly sent: MessageFromViewer[] = [];
  readonly effects: ClipEffect[] = [];
  readonly link = new ClipboardLink((message) => { this.sent.push(message); }, (effect) => { this.effects.push(effect); });

  take<T extends MessageFromViewer['type']>(type: T): Extract<MessageFromViewer, { type: T }>[] {
    return this.sent.splice(0).filter((one): one is Extract<MessageFromViewer, { type: T }> => one.type === type);
  }
}

describe('the clipboard', () => {
  test('what the desktop offers is asked for, and told when all of it has come', () => {
    const world = new World();
    world.link.offered({ type: 'CopyOffered', serial: 4, formats: kClipText | kClipHtml });
    assert.deepEqual(world.effects, [{ type: 'copyOffered', formats: kClipText | kClipHtml }]);
    world.link.want(kClipText | kClipHtml | kClipImage);
    assert.deepEqual(world.take('CopyWanted').map(({ format }) => format), [kClipText, kClipHtml]);
    assert.equal(world.link.part({ type: 'CopiedText', serial: 4, total: 5, offset: 0, bytes: bytes('hel') }), null);
    assert.deepEqual(world.take('CopyWanted'), [{ type: 'CopyWanted', serial: 4, format: kClipText, offset: 3 }]);
    assert.equal(world.link.part({ type: 'CopiedText', serial: 4, total: 5, offset: 3, bytes: bytes('lo') }), null);
    assert.equal(world.link.part({ type: 'CopiedHtml', serial: 4, total: 0, offset: 0, bytes: bytes('') }), null);
    assert.deepEqual(world.effects.at(-1), { type: 'copied', clips: [{ format: kClipText, bytes: bytes('hello') }] });
  });

  test('parts of an offer that was replaced are ignored', () => {
    const world = new World();
    world.link.offered({ type: 'CopyOffered', serial: 1, formats: kClipText });
    world.link.want(kClipText);
    world.link.offered({ type: 'CopyOffered', serial: 2, formats: kClipText });
    assert.equal(world.link.part({ type: 'CopiedText', serial: 1, total: 1, offset: 0, bytes: bytes('x') }), null);
    assert.equal(world.effects.some(({ type }) => type === 'copied'), false);
  });

  test('parts that do not follow each other, or lie about their size, are faults', () => {
    for (const part of [
      { total: 5, offset: 1, bytes: bytes('a') },
      { total: 2, offset: 0, bytes: bytes('abc') },
      { total: 2 ** 31, offset: 0, bytes: bytes('a') },
      { total: 5, offset: 0, bytes: bytes('') },
    ]) {
      const world = new World();
      world.link.offered({ type: 'CopyOffered', serial: 1, formats: kClipText });
      world.link.want(kClipText);
      assert.notEqual(world.link.part({ type: 'CopiedText', serial: 1, ...part }), null);
    }
  });

  test('a paste sends its first part at once and the rest as it is asked for', () => {
    const world = new World();
    const picture = new Uint8Array(5 * kMaxClipPart + 7).map((_, i) => i % 251);
    world.link.paste([{ format: kClipImage, bytes: picture }], kMayPasteImage);
    assert.deepEqual(world.sent.map(({ type }) => type), ['PasteOffered', 'PastedImage']);
    let received = world.take('PastedImage').map((one) => [...one.bytes]).flat();
    for (let round = 0; round < 10 && received.length < picture.length; round += 1) {
      world.link.wanted({ type: 'PasteWanted', serial: 1, format: kClipImage, offset: received.length });
      const parts = world.take('PastedImage');
      assert.ok(parts.length <= 2, 'no more than two parts are on their way');
      for (const part of parts) {
        assert.equal(part.offset, received.length);
        received = [...received, ...part.bytes];
      }
    }
    assert.deepEqual(received, [...picture]);
    assert.equal(world.effects.every(({ type }) => type === 'clipProgress'), true);
  });

  test('a copy that is given up is stopped at once, whatever is known of it, and can be asked for again', () => {
    const world = new World();
    world.link.offered({ type: 'CopyOffered', serial: 4, formats: kClipText | kClipImage });
    world.link.want(kClipText | kClipImage);
    world.link.part({ type: 'CopiedImage', serial: 4, total: 100, offset: 0, bytes: bytes('abc') });
    world.take('CopyWanted');
    world.link.cancel();
    assert.deepEqual(world.take('CopyWanted').map(({ format, offset }) => [format, offset]), [[kClipText, kMaxClipboard], [kClipImage, kMaxClipboard]]);
    assert.deepEqual(world.effects.at(-1), { type: 'clipCancelled', copying: true });
    world.link.part({ type: 'CopiedImage', serial: 4, total: 100, offset: 3, bytes: bytes('def') });
    assert.deepEqual(world.effects.at(-1), { type: 'clipCancelled', copying: true }, 'a part that was on its way is not told of');
    world.link.want(kClipText);
    world.link.part({ type: 'CopiedText', serial: 4, total: 2, offset: 0, bytes: bytes('hi') });
    assert.deepEqual(world.effects.at(-1), { type: 'copied', clips: [{ format: kClipText, bytes: bytes('hi') }] });
  });

  test('a paste that is given up says so to the desktop, and sends no more', () => {
    const world = new World();
    world.link.paste([{ format: kClipImage, bytes: new Uint8Array(10 * kMaxClipPart) }], kMayPasteImage);
    world.take('PastedImage');
    world.link.cancel();
    assert.deepEqual(world.take('PastedImage').map(({ serial, total }) => [serial, total]), [[1, 0]]);
    assert.deepEqual(world.effects.at(-1), { type: 'clipCancelled', copying: false });
    world.link.wanted({ type: 'PasteWanted', serial: 1, format: kClipImage, offset: kMaxClipPart });
    assert.deepEqual(world.sent, []);
    world.link.cancel();
    assert.equal(world.effects.length, 1, 'nothing is on its way any more');
  });

  test('every agent is told that PRIMARY is followed, and that it is not any more', () => {
    const world = new World();
    world.link.connected();
    world.link.follow(true, false);
    assert.deepEqual(world.sent, []);
    world.link.connected();
    world.link.restart();
    world.link.connected();
    world.link.follow(true, true);
    world.link.follow(false, true);
    assert.deepEqual(world.take('FollowPrimary').map(({ follow }) => follow), [true, true, false]);
  });

  test('only what the policy allows is offered', () => {
    const world = new World();
    world.link.paste([{ format: kClipHtml, bytes: bytes('<b>') }], kMayPasteText);
    assert.deepEqual(world.sent, []);
    world.link.paste([{ format: kClipHtml, bytes: bytes('<b>') }, { format: kClipText, bytes: bytes('b') }], kMayPasteText);
    assert.deepEqual(world.sent[0], { type: 'PasteOffered', serial: 1, formats: kClipText });
  });

  test('a paste that was replaced sends no more', () => {
    const world = new World();
    world.link.paste([{ format: kClipText, bytes: new Uint8Array(3 * kMaxClipPart) }], kMayPasteText);
    world.link.paste([{ format: kClipText, bytes: bytes('new') }], kMayPasteText);
    world.sent.length = 0;
    world.link.wanted({ type: 'PasteWanted', serial: 1, format: kClipText, offset: kMaxClipPart });
    assert.deepEqual(world.sent, []);
  });
});
