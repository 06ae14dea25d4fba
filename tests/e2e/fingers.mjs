// Fingers and a pen as Chromium gets them from the system, and what a person does with them. Points are CSS pixels.
// Gestures are told apart by time, so every event says when it happened: a hand that taps twice does so within moments,
// however long this machine takes to say it.
const kSteps = 8;
const kStepMs = 8;
const kTapMs = 40;
const kBetweenTapsMs = 100;

export class Fingers {
  static async on(page) {
    const fingers = new Fingers();
    fingers.cdp = await page.context().newCDPSession(page);
    fingers.page = page;
    fingers.atMs = 0;
    fingers.touches = fingers.penTouches = false;
    return fingers;
  }

  // What comes next comes now, or `laterMs` after what was last.
  now() {
    this.atMs = Math.max(Date.now(), this.atMs + kStepMs);
  }
  next(laterMs = kStepMs) {
    this.atMs += laterMs;
  }
  // A hand that touches the glass goes on from there.
  begin() {
    if (this.touches) this.next();
    else this.now();
  }

  // One point for each finger that is down afterwards.
  touch(type, ...points) {
    this.touches = points.length > 0 || this.penTouches;
    return this.cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })), timestamp: this.atMs / 1_000 });
  }
  down(...points) {
    this.begin();
    return this.touch('touchStart', ...points);
  }
  move(...points) {
    this.next();
    return this.touch('touchMove', ...points);
  }
  up() {
    this.next();
    return this.touch('touchEnd');
  }
  cancel() {
    this.next();
    return this.touch('touchCancel');
  }

  tap(...points) {
    this.begin();
    return this.tapWhole(points);
  }
  // Soon enough after a tap to be its second.
  tapAgain(...points) {
    this.next(kBetweenTapsMs);
    return this.tapWhole(points);
  }
  // Sent as a whole: a browser's own timers wait for the end of a tap.
  async tapWhole(points) {
    const sent = [];
    // Fingers come down one after another, as they do.
    for (let count = 1; count <= points.length; ++count, this.next()) sent.push(this.touch('touchStart', ...points.slice(0, count)));
    this.next(kTapMs);
    sent.push(this.touch('touchEnd'));
    await Promise.all(sent);
  }

  // One finger that stays where it is until `noticed`.
  async rest(point, noticed) {
    await this.down(point);
    await noticed();
    this.now();
  }

  // All fingers together from one place to another, at once after what was before; they stay down.
  async slide(from, to) {
    for (let step = 1; step <= kSteps; ++step) {
      this.next();
      await this.touch('touchMove', ...from.map(([x, y], i) => [x + ((to[i][0] - x) * step) / kSteps, y + ((to[i][1] - y) * step) / kSteps]));
    }
  }
  async drag(from, to) {
    this.begin();
    await this.dragWhole(from, to);
  }
  // Soon enough after a tap to go with it.
  async dragAgain(from, to) {
    this.next(kBetweenTapsMs);
    await this.dragWhole(from, to);
  }
  async dragWhole(from, to) {
    for (let count = 1; count <= from.length; ++count, this.next()) await this.touch('touchStart', ...from.slice(0, count));
    await this.slide(from, to);
    this.next();
    await this.touch('touchEnd');
  }

  // A pen: `type` as in mouse events, `buttons` as in PointerEvent.buttons.
  pen(type, [x, y], { buttons = 0, button = 'none', force = 0 } = {}) {
    this.begin();
    if (type !== 'mouseMoved') this.touches = this.penTouches = type === 'mousePressed';
    return this.cdp.send('Input.dispatchMouseEvent', { type, x, y, button, buttons, force, pointerType: 'pen', clickCount: type === 'mouseMoved' ? 0 : 1, timestamp: this.atMs / 1_000 });
  }
}
