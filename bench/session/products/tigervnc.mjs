// TigerVNC's Xvnc behind websockify with noVNC's own page, all from Debian, with their defaults.
import path from 'node:path';
import { until } from '../../../tests/e2e/until.mjs';
import { Programs, freeDisplay, freePort } from './programs.mjs';

export class TigerVnc {
  name = 'tigervnc';
  viewport = { width: 1920, height: 1080 };

  static async start() {
    const product = new TigerVnc();
    product.programs = await Programs.create('tigervnc');
    product.display = `:${freeDisplay(120)}`;
    const vncPort = await freePort();
    product.server = product.programs.start('Xtigervnc', [product.display, '-geometry', '1920x1080', '-depth', '24',
      '-SecurityTypes', 'None', '-localhost', '-AlwaysShared', '-rfbport', String(vncPort)]);
    await product.programs.serving(product.server, vncPort);
    product.port = await freePort();
    product.proxy = product.programs.start('websockify', ['--web', '/usr/share/novnc', `127.0.0.1:${product.port}`, `127.0.0.1:${vncPort}`]);
    await product.programs.serving(product.proxy, product.port);
    return product;
  }

  async session() {
    return { display: this.display, xauthority: path.join(this.programs.folder, 'xauthority') };
  }

  parts() {
    return this.programs.parts({ xvnc: this.server, websockify: this.proxy });
  }

  async open(browser, linkPort) {
    const { page, path: address } = await this.fresh(browser, linkPort);
    await page.goto(address);
    await this.whenLive(page);
    await page.mouse.click(960, 540); // noVNC takes keys once its canvas has the focus
    return page;
  }

  async fresh(browser, linkPort) {
    const context = await browser.newContext({ viewport: this.viewport, baseURL: `http://127.0.0.1:${linkPort}` });
    return { page: await context.newPage(), path: '/vnc.html?autoconnect=true&resize=off&reconnect=false' };
  }

  async whenLive(page) {
    await until('noVNC is connected', () => page.evaluate(() =>
      document.documentElement.classList.contains('noVNC_connected') && document.querySelector('#noVNC_container canvas')?.width === 1920));
    // What lies over the picture would count as wrong.
    await page.addStyleTag({ content: '#noVNC_control_bar_anchor, #noVNC_status { display: none !important; }' });
  }

  stop() {
    return this.programs.stop();
  }
}
