// The product itself: a whole `vitrine up` with one signed-in user and one running session.
import { newVisitor, signIn, state, whenLive } from '../../../tests/e2e/browser.mjs';
import { Site } from '../../../tests/e2e/site.mjs';
import { until } from '../../../tests/e2e/until.mjs';
import { serverParts } from '../numbers.mjs';

const password = 'bench bench bench';

export class Vitrine {
  name = 'vitrine';
  viewport = { width: 1920, height: 1080 };

  // `resource`: what is opened; the first terminal or program of the catalogue unless given.
  static async start({ resource } = {}) {
    const product = new Vitrine();
    product.site = await Site.start();
    product.port = Number(new URL(product.site.url).port);
    if (resource) product.path = `/#/s/${encodeURIComponent(resource)}`;
    await product.site.addUser('bench', password);
    return product;
  }

  base(linkPort) {
    return `https://127.0.0.1:${linkPort}`;
  }

  async session() {
    return (await this.site.sessions({ user: 'bench' }))[0];
  }

  async parts() {
    return serverParts(this.site, await this.session());
  }

  // A page in a profile of its own that shows the session live.
  async open(browser, linkPort) {
    const page = await newVisitor(browser, this.site, { viewport: this.viewport, baseURL: this.base(linkPort) });
    await signIn(page, 'bench', password);
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
    this.path ??= `/#/s/${encodeURIComponent(await firstProgram(page))}`;
    await page.goto(this.path);
    await this.whenLive(page);
    await until('the display has the size of the window', async () => {
      const { width, height } = await this.session();
      return width === this.viewport.width && height === this.viewport.height;
    });
    this.signedIn = await page.context().storageState();
    return page;
  }

  // A blank page of a fresh profile that is signed in, and the path that opens the session in it.
  async fresh(browser, linkPort) {
    const page = await newVisitor(browser, this.site, {
      viewport: this.viewport, baseURL: this.base(linkPort), storageState: this.signedIn,
    });
    return { page, path: this.path };
  }

  whenLive(page) {
    return whenLive(page);
  }

  stop() {
    return this.site.stop();
  }
}

async function firstProgram(page) {
  const { resources } = await page.evaluate(async () => (await fetch('/api/catalogue')).json());
  return (resources.find((one) => /terminal|xterm/i.test(one.id)) ?? resources.find((one) => one.kind === 'app')).id;
}
