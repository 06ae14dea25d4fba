// A TCP proxy in front of a site: its connections can be cut, and none comes through while it is shut.
import { createServer, connect } from 'node:net';
import { once } from 'node:events';

export class CuttableProxy {
  static async start(target) {
    const proxy = new CuttableProxy();
    proxy.open = new Map(); // from a socket to where its bytes go
    proxy.server = createServer((near) => {
      if (proxy.isShut) return near.resetAndDestroy();
      const far = connect({ host: target.hostname, port: Number(target.port) });
      for (const [from, to] of [[near, far], [far, near]]) {
        proxy.open.set(from, to);
        from.setNoDelay(true);
        from.on('error', () => {}).on('close', () => {
          proxy.open.delete(from);
          to.destroy();
        }).pipe(to);
      }
    }).listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.url = `https://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  // Ends every connection as a broken network does.
  cut() {
    for (const socket of this.open.keys()) socket.resetAndDestroy();
  }

  // Nothing comes through the connections there are any more, and neither end is told; others can be made.
  silence() {
    for (const socket of this.open.keys()) socket.unpipe().pause();
  }

  // What was silenced goes on, with all that was said meanwhile.
  speak() {
    for (const [from, to] of this.open) from.pipe(to);
  }

  shut() {
    this.isShut = true;
    this.cut();
  }

  reopen() {
    this.isShut = false;
  }

  async stop() {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}
