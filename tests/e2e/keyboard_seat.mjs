// A person's place: an X display of its own with a window manager, a keyboard of any layout, and a Chromium with a
// window. Keys are pressed at the X server, so the browser reports what it reports to everybody on Linux.
import { X509Certificate, createHash } from 'node:crypto';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { repository } from './site.mjs';
import { kBrowserStartMs } from './until.mjs';

const run = promisify(execFile);
export const keyboardTool = process.env.KEYBOARD_TOOL ?? path.join(repository, 'build/release/tests/keyboard/keyboard_tool');

// How fast these fingers are: a link that brings more than 1,000 inputs a second is closed.
const kInputsPerMs = 0.8;
const kHandful = 40;

// X keycodes of keys that are the same on every layout.
export const key = {
  escape: 9, backspace: 22, tab: 23, enter: 36, control: 37, shift: 50, alt: 64, space: 65, capsLock: 66, numLock: 77,
  rightControl: 105, altGr: 108, home: 110, delete: 119, pause: 127, super: 133, menu: 135,
};

const xorgConfig = `
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "d"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Monitor"
  Identifier "m"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-500.0
EndSection
Section "Screen"
  Identifier "s"
  Device "d"
  Monitor "m"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1280x800"
    Virtual 1280 800
  EndSubSection
EndSection
`;

// A window manager that takes no keys.
const windowManager = `<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard></keyboard></openbox_config>
`;

// What the keys of layouts ("de", "us:intl") produce: {layout, levels, dead, compose} each.
export async function layoutTables(layouts) {
  const { stdout } = await run(keyboardTool, ['table', ...layouts], { maxBuffer: 1 << 26 });
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

export class Seat {
  static async open() {
    const seat = new Seat();
    seat.folder = mkdtempSync(path.join(tmpdir(), 'vitrine-seat-'));
    writeFileSync(path.join(seat.folder, 'xorg.conf'), xorgConfig);
    seat.children = [];
    const server = seat.spawn('/usr/lib/xorg/Xorg', [
      '-displayfd', '3', '-config', path.join(seat.folder, 'xorg.conf'), '-logfile', path.join(seat.folder, 'xorg.log'),
      '-noreset', '-novtswitch', '-nolisten', 'tcp',
    ], ['ignore', 'ignore', 'ignore', 'pipe']);
    const [number] = await once(createInterface({ input: server.stdio[3] }), 'line');
    seat.display = `:${number}`;
    writeFileSync(path.join(seat.folder, 'openbox.xml'), windowManager);
    seat.spawn('openbox', ['--sm-disable', '--config-file', path.join(seat.folder, 'openbox.xml')]);
    seat.fingers = seat.spawn(keyboardTool, ['press'], ['pipe', 'pipe', 'inherit']);
    seat.answers = createInterface({ input: seat.fingers.stdout });
    return seat;
  }

  spawn(program, words, stdio = 'ignore') {
    const child = spawn(program, words, { stdio, env: { ...process.env, DISPLAY: this.display, HOME: this.folder } });
    this.children.push(child);
    return child;
  }

  // What an X client asked about the seat's own display printed.
  async ask(program, ...words) {
    return (await run(program, words, { env: { ...process.env, DISPLAY: this.display } })).stdout;
  }

  async useLayout(layout) {
    const [name, variant = ''] = layout.split(':');
    await this.ask('setxkbmap', '-rules', 'evdev', '-model', 'pc105', '-layout', name, '-variant', variant, '-option', '', '-option', 'compose:menu');
  }

  // "+50 38 -50" or a list of such words: keycodes pressed, tapped and lifted.
  async press(words) {
    const all = Array.isArray(words) ? words : words.split(' ');
    for (let at = 0; at < all.length; at += kHandful) {
      const handful = all.slice(at, at + kHandful);
      const answered = once(this.answers, 'line');
      this.fingers.stdin.write(`${handful.join(' ')}\n`);
      await answered;
      // A tap is two inputs.
      await delay(handful.reduce((sum, word) => sum + (/^[+-]/.test(word) ? 1 : 2), 0) / kInputsPerMs);
    }
  }

  async browse(site) {
    const certificate = new X509Certificate(await readFile(path.join(site.data, 'tls/cert.pem')));
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    this.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: false, timeout: kBrowserStartMs,
      env: { ...process.env, DISPLAY: this.display, HOME: this.folder, LC_ALL: 'C.UTF-8' },
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--ozone-platform=x11', '--window-position=0,0',
        '--window-size=1280,800', `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
      ],
    });
    return this.browser;
  }

  async close() {
    await this.browser?.close();
    for (const child of this.children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// The words that press a stroke's keys: all but the last are held.
export function stroke(keys) {
  const held = keys.slice(0, -1);
  return [...held.map((one) => `+${one}`), String(keys.at(-1)), ...held.reverse().map((one) => `-${one}`)];
}
