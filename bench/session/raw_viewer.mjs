// One viewer more of the running session, over a link of its own, that costs next to no processor time: it acknowledges
// what comes as a page does but neither decodes nor paints. A second browser would slow the first by itself.
import { until } from '../../tests/e2e/until.mjs';
import { Link } from './programs.mjs';

export class RawViewer {
  // `script`: what its link is like.
  static async start(stage, script) {
    const viewer = new RawViewer();
    viewer.link = await Link.start(stage.product.port);
    const { page } = await stage.product.fresh(stage.browser, viewer.link.port);
    viewer.page = page;
    await page.goto('/icon-32.png');
    const resource = decodeURIComponent(stage.product.path.split('/').at(-1));
    await page.evaluate(view, { resource, ...stage.size });
    viewer.link.say(script);
    await until('the other viewer gets pictures', async () => {
      const { updates, closed } = await viewer.counts();
      if (closed) throw new Error(`the other viewer was turned away: ${closed}`);
      return updates > 0;
    });
    return viewer;
  }

  async counts() {
    return this.page.evaluate(() => ({ ...globalThis.viewed }));
  }

  async stop() {
    await this.page.context().close();
    await this.link.stop();
  }
}

// Runs in the page. Message numbers are those of protocol/messages.h.
async function view({ resource, width, height }) {
  const varint = (n) => {
    const out = [];
    for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) | 128);
    out.push(n);
    return out;
  };
  const read = (bytes, from) => {
    let value = 0;
    for (let at = from, scale = 1; ; at += 1, scale *= 128) {
      value += (bytes[at] & 127) * scale;
      if (bytes[at] < 128) return value;
    }
  };
  const text = (words) => [...varint(words.length), ...new TextEncoder().encode(words)];
  const micros = () => varint(Math.round(performance.now() * 1000));
  const { csrf } = await (await fetch('/api/me')).json();
  const answer = await fetch('/api/sessions', {
    method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' },
    body: JSON.stringify({ resource, width, height, scale_percent: 100 }),
  });
  const { ticket } = await answer.json();
  const bytes = Uint8Array.from(atob(ticket.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
  const viewed = globalThis.viewed = { updates: 0, bytes: 0, closed: '' };
  const socket = new WebSocket(`wss://${location.host}/ws/view`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => socket.send(new Uint8Array([1, 1, 1, ...varint(bytes.length), ...bytes, 0, ...varint(width), ...varint(height),
    ...varint(100), ...text('bench'), ...text('UTC'), ...text('en'), 0, 0, 0, 0, 0]));
  socket.onmessage = ({ data }) => {
    const message = new Uint8Array(data);
    const reply = (...parts) => socket.send(new Uint8Array(parts.flat()));
    viewed.bytes += message.length;
    if (message[0] === 17) {
      viewed.updates += 1;
      reply(40, varint(read(message, 1)), micros(), 0, 0);
    }
    if (message[0] === 7) reply(8, varint(read(message, 1)), micros());
    if (message[0] === 20) reply(41, varint(read(message, 1)), 0);
    if (message[0] === 6) viewed.closed = new TextDecoder().decode(message.slice(3));
  };
}
