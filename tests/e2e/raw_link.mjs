// A viewer link without the page: what somebody does who has a ticket and a script.

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
