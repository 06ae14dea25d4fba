// A viewer link without the page: what somebody does who has a ticket and a script.
import { randomBytes } from 'node:crypto';
import https from 'node:https';

// Opens a link from `page`'s origin, says hello with `ticket`, and gives { welcome } or why it was closed. With
// `untilClosed` a welcome is not enough: the desktop behind the gateway has its own say.
export const useTicket = (page, ticket, { untilClosed = false } = {}) => page.evaluate(async ([bytes, wait]) => {
  const varint = (n) => { const out = []; for (; n > 127; n >>= 7) out.push((n & 127) | 128); out.push(n); return out; };
  const text = (s) => [...varint(s.length), ...new TextEncoder().encode(s)];
  const hello = [1, 1, 1, ...varint(bytes.length), ...bytes, 0, ...varint(800), ...varint(600), ...varint(100),
    ...text('test'), ...text('UTC'), ...text('en'), 0, 0, 0, 0, 0];
  const socket = new WebSocket(`wss://${location.host}/ws/view`);
  socket.binaryType = 'arraybuffer';
  return await new Promise((resolve) => {
    socket.onopen = () => socket.send(new Uint8Array(hello));
    socket.onmessage = ({ data }) => {
      const message = new Uint8Array(data);
      if (message[0] === 3 && !wait) { resolve({ welcome: true }); socket.close(); }
      if (message[0] === 6) resolve({ code: message[1], reason: new TextDecoder().decode(message.slice(3)) });
    };
    socket.onclose = () => resolve({ closed: true });
  });
}, [[...ticket], untilClosed]);

const varint = (n) => { const out = []; for (; n > 127; n >>= 7) out.push((n & 127) | 128); out.push(n); return out; };
const text = (s) => [...varint(Buffer.byteLength(s)), ...Buffer.from(s)];

// Asks for `resource` with the upgrade itself, as no browser would have to: `origin`, `cookie` and `csrf` are as said. Gives the
// status of the upgrade where that is refused, else what the broker said.
export function openByUpgrade(site, { resource, origin = new URL(site.url).origin, cookie = '', csrf = '' }) {
  const hello = [1, 1, 1, 0, 0, ...varint(800), ...varint(600), ...varint(100), ...text('test'), ...text('UTC'), ...text('en'), 0, 0, 0, 0, 0];
  const opening = Buffer.from([10, ...text(resource), ...text(''), ...text(csrf), ...varint(hello.length), ...hello]);
  return new Promise((resolve, reject) => {
    const request = https.request(`${site.url}/ws/view`, {
      rejectUnauthorized: false,
      headers: {
        Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        'Sec-WebSocket-Protocol': `vitrine, vitrine-open.${opening.toString('base64url')}`, Origin: origin, ...(cookie === '' ? {} : { Cookie: cookie }),
      },
    });
    request.on('response', (response) => { response.resume(); resolve({ upgrade: response.statusCode }); });
    request.on('upgrade', (response, socket, head) => {
      let bytes = head;
      const look = (more) => {
        bytes = Buffer.concat([bytes, more]);
        // One frame of the server, unmasked and below 64 KiB, with an OpeningAnswer.
        if (bytes.length < 4) return;
        const [at, length] = bytes[1] === 126 ? [4, bytes.readUInt16BE(2)] : [2, bytes[1]];
        if (bytes.length < at + length) return;
        const message = bytes.subarray(at, at + length);
        socket.destroy();
        resolve({ type: message[0], status: message[1] & 127 | message[2] << 7, body: message.subarray(message.indexOf('{')).toString() });
      };
      socket.on('data', look);
      socket.on('error', reject);
      look(Buffer.alloc(0));
    });
    request.on('error', reject);
    request.end();
  });
}
