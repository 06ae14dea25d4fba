// The device of a person: a screen with a window manager, real keys and a real pointer, and a clipboard. Whatever browser
// runs on it is used from outside, as by hands and eyes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pngjs from 'pngjs';
import { readDesktop } from '../screen.mjs';
import { until } from '../until.mjs';
import { ask, copyTo, pasteFrom } from './x_clients.mjs';

export class Device {
  static async start({ width, height }) {
    const device = new Device();
    device.server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const [number] = await once(device.server.stdio[3], 'data');
    device.display = `:${String(number).trim()}`;
    // Gives new windows the focus, and full screen to who asks for it.
    device.windows = spawn('openbox', [], { stdio: 'ignore', env: device.environment() });
    await until('the window manager is there', async () => /window id/.test(await ask(device, 'xprop', '-root', '_NET_SUPPORTING_WM_CHECK')));
    return device;
  }

  // For programs that show themselves on it.
  environment(more = {}) {
    return { ...process.env, DISPLAY: this.display, XAUTHORITY: '', WAYLAND_DISPLAY: '', ...more };
  }

  async window() {
    return (await ask(this, 'xdotool', 'getactivewindow')).trim();
  }

  async windowGeometry() {
    const words = await ask(this, 'xdotool', 'getwindowgeometry', '--shell', await this.window());
    const value = (name) => Number(new RegExp(`${name}=(-?\\d+)`).exec(words)[1]);
    return { x: value('X'), y: value('Y'), width: value('WIDTH'), height: value('HEIGHT') };
  }

  async pointer() {
    const words = await ask(this, 'xdotool', 'getmouselocation', '--shell');
    return { x: Number(/X=(\d+)/.exec(words)[1]), y: Number(/Y=(\d+)/.exec(words)[1]) };
  }

  // The window that has the focus gets this size; one that is just coming up may have its own mind once more.
  async resize({ width, height }) {
    await until(`the window is ${width}x${height}`, async () => {
      await ask(this, 'xdotool', 'windowsize', await this.window(), String(width), String(height));
      const now = await this.windowGeometry();
      return now.width === width && now.height === height;
    }, { everyMs: 100 });
  }

  async point({ x, y }) {
    await ask(this, 'xdotool', 'mousemove', String(Math.round(x)), String(Math.round(y)));
  }

  // From wherever it is.
  async pointBy(dx, dy) {
    await ask(this, 'xdotool', 'mousemove_relative', '--', String(dx), String(dy));
  }

  async click(at, button = 1) {
    await this.point(at);
    await ask(this, 'xdotool', 'click', String(button));
  }

  // Notches; positive ones go down.
  async wheel(at, notches) {
    await this.point(at);
    await ask(this, 'xdotool', 'click', '--repeat', String(Math.abs(notches)), '--delay', '20', notches > 0 ? '5' : '4');
  }

  // Names of X, as in "ctrl+v".
  async press(...chords) {
    await ask(this, 'xdotool', 'key', ...chords);
  }

  async holdDown(key) {
    await ask(this, 'xdotool', 'keydown', key);
  }

  async letUp(key) {
    await ask(this, 'xdotool', 'keyup', key);
  }

  async type(text) {
    await ask(this, 'xdotool', 'type', '--delay', '12', '--', text);
  }

  copy(type, bytes) {
    return copyTo(this, type, bytes);
  }

  paste(type) {
    return pasteFrom(this, type);
  }

  // What is on the screen: {width, height, rgb(x, y)}.
  look() {
    return readDesktop(this);
  }

  // Its screen as a PNG: for whoever looks at a failure.
  async photograph() {
    const { width, height, rgb } = await this.look();
    const png = new pngjs.PNG({ width, height });
    for (let i = 0; i < width * height; ++i) png.data.writeUInt32BE(((rgb(i % width, Math.floor(i / width)) << 8) | 255) >>> 0, i * 4);
    return pngjs.PNG.sync.write(png);
  }

  async stop() {
    for (const child of [this.windows, this.server]) {
      if (child.exitCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
  }
}
