// xpra with its own HTML5 client from Debian, forwarding a whole desktop, with its defaults for pictures.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../../tests/e2e/until.mjs';
import { Programs, freeDisplay, freePort } from './programs.mjs';

const off = ['mdns', 'pulseaudio', 'notifications', 'systemd-run', 'printing', 'webcam', 'dbus-proxy', 'file-transfer', 'resize-display',
  'clipboard', 'daemon'];

export class Xpra {
  name = 'xpra';
  // Its page centres the desktop below a border of 5 pixels.
  viewport = { width: 1920, height: 1085 };

  static async start() {
    const product = new Xpra();
    product.programs = await Programs.create('xpra');
    const { folder } = product.programs;
    product.display = `:${freeDisplay(140)}`;
    product.port = await freePort();
    // A display of our own: the one xpra starts would outlive a run that is interrupted.
    product.screen = product.programs.start('Xvfb', [product.display, '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-noreset', '-ac',
      '+extension', 'RANDR', '+extension', 'Composite']);
    await until('Xvfb is there', () => {
      if (product.screen.exitCode !== null) throw new Error(`Xvfb ended: ${product.screen.output}`);
      return existsSync(`/tmp/.X11-unix/X${product.display.slice(1)}`);
    });
    product.server = product.programs.start('xpra', ['start-desktop', product.display, `--bind-tcp=127.0.0.1:${product.port}`, '--html=on',
      `--socket-dir=${folder}`, `--socket-dirs=${folder}`, ...off.map((name) => `--${name}=no`), '--dbus-launch=', '--speaker=off',
      '--sharing=yes', '--start=xset s off', '--use-display']);
    await product.programs.serving(product.server, product.port);
    return product;
  }

  async session() {
    return { display: this.display, xauthority: path.join(this.programs.folder, 'xauthority') };
  }

  parts() {
    return this.programs.parts({ xpra: this.server, xvfb: this.screen });
  }

  async open(browser, linkPort) {
    const { page, path: address } = await this.fresh(browser, linkPort);
    await page.goto(address);
    await this.whenLive(page);
    return page;
  }

  async fresh(browser, linkPort) {
    const context = await browser.newContext({ viewport: this.viewport, baseURL: `http://127.0.0.1:${linkPort}` });
    return { page: await context.newPage(), path: '/?sound=false&clipboard=false&floating_menu=false&sharing=true&remote_logging=false' };
  }

  async whenLive(page) {
    await until('the desktop lies at the page\'s corner', () => page.evaluate(() => {
      const box = document.querySelector('canvas')?.getBoundingClientRect();
      return box?.width === 1920 && box.height === 1080 && box.x === 0 && box.y === 0;
    }));
  }

  stop() {
    return this.programs.stop();
  }
}
