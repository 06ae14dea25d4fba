// The least that any remote desktop in this browser can take: a page whose server only sends a key or click back, and whose
// worker then paints a square on a canvas of the desktop's size.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { markerColours, markerSide } from './presented.mjs';

export class EchoSite {
  static async start() {
    const site = new EchoSite();
    site.server = createServer((_, response) => response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html));
    site.server.on('upgrade', (request, socket) => {
      // RFC 6455, section 4.2.2
      const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      socket.setNoDelay(true);
      socket.on('error', () => {}); // the page was closed
      echo(socket);
    });
    site.server.listen(0, '127.0.0.1');
    await once(site.server, 'listening');
    site.url = `http://127.0.0.1:${site.server.address().port}/`;
    return site;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// Sends each binary message back. The page's own are one byte each, so a length below 126 is all there is.
function echo(socket) {
  let held = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 6 && held.length >= 6 + (held[1] & 0x7f)) {
      const size = held[1] & 0x7f;
      const body = Buffer.from(held.subarray(6, 6 + size)).map((byte, i) => byte ^ held[2 + (i & 3)]);
      if ((held[0] & 0x0f) === 2) socket.write(Buffer.concat([Buffer.from([0x82, size]), body]));
      held = held.subarray(6 + size);
    }
  });
}

const worker = `
  let context, socket;
  const film = [];
  function play({ width, height, x, y, perSecond }) {
    for (let i = 0; i < 8; ++i) {
      const grey = (at) => (at < width * height ? (at * 7 + i * 31 + (at >> 9)) & 255 : 128);
      const data = Uint8Array.from({ length: width * height * 1.5 }, (_, at) => grey(at));
      film.push(new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0 }));
    }
    let at = 0;
    setInterval(() => context.drawImage(film[at++ % film.length], x, y), 1000 / perSecond);
  }
  onmessage = ({ data }) => {
    if (data.canvas) {
      context = data.canvas.getContext('2d', { alpha: false });
      socket = new WebSocket(data.url);
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => postMessage('open');
      socket.onmessage = (event) => {
        const colours = ${JSON.stringify(markerColours)};
        const colour = colours[new Uint8Array(event.data)[0] % colours.length];
        const image = new ImageData(${markerSide}, ${markerSide});
        for (let i = 0; i < image.data.length; i += 4) image.data.set([...colour, 255], i);
        context.putImageData(image, 0, 0);
      };
    } else if (data.film) play(data.film);
    else socket.send(new Uint8Array([data]));
  };`;

const html = `<!doctype html><style>body{margin:0;overflow:hidden}canvas{display:block;width:100vw;height:100vh}</style><canvas></canvas>
<script>
  const canvas = document.querySelector('canvas');
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(worker)}])));
  const offscreen = canvas.transferControlToOffscreen();
  worker.onmessage = () => { document.documentElement.dataset.session = 'live'; };
  worker.postMessage({ canvas: offscreen, url: location.href.replace('http', 'ws') }, [offscreen]);
  globalThis.playFilm = (film) => worker.postMessage({ film });
  let count = 0;
  for (const event of ['keydown', 'pointerdown']) addEventListener(event, () => worker.postMessage(++count));
</script>`;
