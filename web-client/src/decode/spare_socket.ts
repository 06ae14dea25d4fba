// A link that is opened before it is known whether somebody wants it. TCP, TLS and the upgrade take three round trips; whoever
// is about to open a session need not wait for them.
import { kHelloTimeout } from '../wire/messages.gen.js';

/** Nobody took it: it is closed before the gateway, which waits for a hello, would do so. */
const kUnusedMs = kHelloTimeout / 1_000 - 1_000;

export class SpareSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Opens one, unless there is one. */
  prepare(url: string): void {
    if (this.usable() !== null) return;
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.take()?.close(1000); }, kUnusedMs);
  }

  /** Open or on its way; null when there is none. It is the caller's from now on. */
  take(): WebSocket | null {
    const socket = this.usable();
    this.socket = null;
    clearTimeout(this.timer);
    return socket;
  }

  private usable(): WebSocket | null {
    const state = this.socket?.readyState;
    return state === WebSocket.CONNECTING || state === WebSocket.OPEN ? this.socket : null;
  }
}
