// What a person does with the page: looks at the device's screen, and uses its keys and pointer. `browser` is only asked
// where things are and what state the page is in.
import { crop, difference, readDesktop } from '../screen.mjs';
import { until } from '../until.mjs';

export class Person {
  constructor(device, browser) {
    this.device = device;
    this.browser = browser;
  }

  // Where the page's corner is on the screen: two moves of the pointer that the page hears of agree about it.
  async findPage() {
    await this.browser.evaluate(() => {
      window.addEventListener('pointermove', ({ clientX, clientY }) => { window.pointerSeen = { x: clientX, y: clientY }; }, { capture: true });
    });
    const { x, y, width, height } = await this.device.windowGeometry();
    const middle = { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
    const cornerBy = async (at) => {
      await this.device.point(at);
      const seen = await this.browser.evaluate(() => window.pointerSeen);
      return seen ? { x: Math.round(at.x - seen.x), y: Math.round(at.y - seen.y) } : null;
    };
    this.corner = await until('the page sees where the pointer is', async () => {
      const first = await cornerBy(middle);
      const second = await cornerBy({ x: middle.x + 13, y: middle.y + 9 });
      return first && second && first.x === second.x && first.y === second.y && second;
    }, { everyMs: 50 });
  }

  state() {
    return this.browser.evaluate(() => ({ ...document.documentElement.dataset }));
  }

  // The middle of the first visible element that the selector and the words fit.
  async find(selector, words = '') {
    const place = await until(`there is ${selector} ${words}`, () => this.browser.evaluate(([wanted, pattern]) => {
      const fits = (one) => new RegExp(pattern, 'i').test(one.textContent ?? '') && one.getClientRects().length > 0;
      const found = [...document.querySelectorAll(wanted)].find(fits);
      if (found === undefined) return null;
      found.scrollIntoView({ block: 'nearest' });
      const { x, y, width, height } = found.getBoundingClientRect();
      return { x: (x + width / 2) * devicePixelRatio, y: (y + height / 2) * devicePixelRatio };
    }, [selector, words]));
    return this.onScreen(place);
  }

  // Of a place on the page in the device's pixels.
  onScreen({ x, y }) {
    return { x: this.corner.x + x, y: this.corner.y + y };
  }

  async click(selector, words) {
    await this.device.click(await this.find(selector, words));
  }

  async signIn(url, name, password) {
    await this.browser.open(url);
    await until('the page asks who it is', async () => (await this.state()).page === 'sign-in');
    await this.findPage();
    await this.click('input[autocomplete*=username]');
    await this.device.type(name);
    await this.click('input[type=password]');
    await this.device.type(password);
    await this.device.press('Return');
    await until('the catalogue is shown', async () => (await this.state()).page === 'catalogue');
  }

  async openResource(name) {
    await this.click('button.tile-open', name);
    await this.whenLive();
  }

  async whenLive() {
    await until('the session is live', async () => (await this.state()).session === 'live');
  }

  // Where the picture is on the page, in the device's pixels, which the browser's zoom leaves as they are.
  async canvas() {
    return this.browser.evaluate(() => {
      const { x, y, width, height } = document.querySelector('.stage canvas').getBoundingClientRect();
      const [left, top, wide, high] = [x, y, width, height].map((one) => Math.round(one * devicePixelRatio));
      return { x: left, y: top, width: wide, height: high, ratio: devicePixelRatio };
    });
  }

  // A pixel of the desktop, as a place on the screen of the device.
  async place({ x, y }) {
    const canvas = await this.canvas();
    return this.onScreen({ x: canvas.x + x, y: canvas.y + y });
  }

  // Waits until the device's screen shows exactly what the desktop's X server holds.
  async whenExact(desktop) {
    await until('the screen equals the desktop, pixel for pixel', async () => {
      if ((await this.state()).exact !== 'true') return false;
      const canvas = await this.canvas();
      const [wanted, screen] = [await readDesktop(desktop), await this.device.look()];
      const { x, y } = this.onScreen(canvas);
      const found = difference(wanted, crop(screen, { x, y, width: canvas.width, height: canvas.height }));
      if (found.pixels > 0) throw new Error(`${found.pixels} pixels differ, first at ${found.first}`);
      return true;
    }, { everyMs: 100 });
  }
}
