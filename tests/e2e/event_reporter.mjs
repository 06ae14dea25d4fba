// The test program tests/tools/event_reporter on a desktop, and what it has got so far.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { repository } from './site.mjs';
import { until } from './until.mjs';

const program = path.join(repository, 'build/release/tests/tools/event_reporter');

export class EventReporter {
  static async start({ display, xauthority }, ...words) {
    const reporter = new EventReporter();
    reporter.events = [];
    reporter.child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, DISPLAY: display, XAUTHORITY: xauthority } });
    reporter.exited = once(reporter.child, 'exit');
    createInterface({ input: reporter.child.stdout }).on('line', (line) => reporter.events.push(JSON.parse(line)));
    await until('the event reporter is there', () => reporter.events.some((one) => one.type === 'ready'));
    reporter.forget();
    return reporter;
  }

  forget() {
    this.events = [];
  }

  // Buttons in short, +1 down and -1 up, without the wheel's, which a server makes of smooth scrolling too.
  get buttons() {
    return this.pressed.map((one) => `${one.down ? '+' : '-'}${one.detail}`).join(' ');
  }

  get pressed() {
    return this.events.filter((one) => one.type === 'button' && !(one.detail >= 4 && one.detail <= 7));
  }

  // Turns of the wheel in clicks; down and right are positive.
  get clicks() {
    const count = (detail) => this.events.filter((one) => one.type === 'button' && one.down && one.detail === detail).length;
    return { x: count(7) - count(6), y: count(5) - count(4) };
  }

  get motions() {
    return this.events.filter((one) => one.type === 'motion');
  }

  // How far a program that steers was turned, by raw motion.
  get turned() {
    const raw = this.events.filter((one) => one.type === 'raw');
    return { x: raw.reduce((sum, one) => sum + one.dx, 0), y: raw.reduce((sum, one) => sum + one.dy, 0) };
  }

  get last() {
    const at = this.events.filter((one) => one.type === 'motion' || one.type === 'button').at(-1);
    return at && `${Math.floor(at.x)},${Math.floor(at.y)}`;
  }

  // Where buttons went down or up.
  places(down) {
    return this.pressed.filter((one) => one.down === down).map((one) => `${Math.floor(one.x)},${Math.floor(one.y)}`);
  }

  async whenButtons(expected) {
    await until(`the desktop's program gets the buttons ${expected}`, () => {
      if (this.buttons === expected) return true;
      throw new Error(`it got ${this.buttons}`);
    });
  }

  async stop() {
    this.child.kill();
    await this.exited;
  }
}
