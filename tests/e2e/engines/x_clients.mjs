// Programs that ask and tell a display: of a session, or of the device.
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { kPatienceMs, until } from '../until.mjs';

const environment = ({ display, xauthority = '' }) => ({ ...process.env, DISPLAY: display, XAUTHORITY: xauthority });

// What the program printed.
export async function ask(screen, program, ...words) {
  return (await promisify(execFile)(program, words, { env: environment(screen), timeout: kPatienceMs })).stdout;
}

// A program that owns the clipboard with this content, until another takes it.
export async function copyTo(screen, type, bytes) {
  const child = spawn('xclip', ['-selection', 'clipboard', '-i', '-t', type], { env: environment(screen), stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(bytes);
  await new Promise((resolve) => child.on('close', resolve));
  // It goes on in the background, where it may not own the clipboard yet.
  await until('the clipboard has it', async () => (await pasteFrom(screen, type))?.equals(Buffer.from(bytes)));
}

// What a program that pastes gets, or null when there is no such content. The selection "primary" is what is marked.
export function pasteFrom(screen, type, selection = 'clipboard') {
  const child = spawn('timeout', ['10', 'xclip', '-selection', selection, '-o', '-t', type], { env: environment(screen), stdio: ['ignore', 'pipe', 'ignore'] });
  const parts = [];
  child.stdout.on('data', (part) => parts.push(part));
  return new Promise((resolve) => child.on('close', (status) => resolve(status === 0 ? Buffer.concat(parts) : null)));
}

// A window that reports the keys, buttons and moves it gets.
export class Observer {
  static async start(screen, { x, y, width, height }) {
    const observer = new Observer();
    observer.text = '';
    observer.child = spawn('stdbuf', ['-oL', 'xev', '-geometry', `${width}x${height}+${x}+${y}`, '-event', 'button', '-event', 'keyboard', '-event', 'structure', '-event', 'expose'],
      { env: environment(screen), stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: observer.child.stdout }).on('line', (line) => { observer.text += `${line}\n`; });
    await until('the observing window is drawn', () => /Expose event/.test(observer.text));
    return observer;
  }

  // [{button, x, y}] of the screen, in order.
  presses() {
    return [...this.text.matchAll(/ButtonPress event[^]*?root:\((-?\d+),(-?\d+)\)[^]*?button (\d+)/g)]
      .map(([, x, y, button]) => ({ button: Number(button), x: Number(x), y: Number(y) }));
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    this.child.kill();
    await new Promise((resolve) => this.child.on('exit', resolve));
  }
}
