// Fingers and a pen as Chromium gets them from the system, and what a person does with them. Points are CSS pixels.
const steps = 8;

export class Fingers {
  static async on(page) {
    const fingers = new Fingers();
    fingers.cdp = await page.context().newCDPSession(page);
    fingers.page = page;
    return fingers;
  }

  // One point for each finger that is down afterwards.
  async touch(type, ...points) {
    await this.cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  }
  down(...points) {
    return this.touch('touchStart', ...points);
  }
  move(...points) {
    return this.touch('touchMove', ...points);
  }
  up() {
    return this.touch('touchEnd');
  }
  cancel() {
    return this.touch('touchCancel');
  }

  async tap(...points) {
    // Fingers come down one after another, as they do.
    for (let count = 1; count <= points.length; ++count) await this.down(...points.slice(0, count));
    await this.up();
  }

  // All fingers together from one place to another; they stay down.
  async slide(from, to) {
    for (let step = 1; step <= steps; ++step) {
      await this.move(...from.map(([x, y], i) => [x + ((to[i][0] - x) * step) / steps, y + ((to[i][1] - y) * step) / steps]));
    }
  }
  async drag(from, to) {
    for (let count = 1; count <= from.length; ++count) await this.down(...from.slice(0, count));
    await this.slide(from, to);
    await this.up();
  }

  // A pen: `type` as in mouse events, `buttons` as in PointerEvent.buttons.
  async pen(type, [x, y], { buttons = 0, button = 'none', force = 0 } = {}) {
    await this.cdp.send('Input.dispatchMouseEvent', { type, x, y, button, buttons, force, pointerType: 'pen', clickCount: type === 'mouseMoved' ? 0 : 1 });
  }
}
