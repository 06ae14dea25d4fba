// Programs of a desktop that take what is typed, and how a test reads it: an editor's saved file, a terminal's input.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { promisify } from 'node:util';
import { openResource } from './browser.mjs';
import { keyboardTool } from './keyboard_seat.mjs';
import { until } from './until.mjs';

const environment = (session) => ({ ...process.env, DISPLAY: session.display, XAUTHORITY: session.xauthority, LC_ALL: 'C.UTF-8' });

export async function ask(session, program, ...words) {
  return (await promisify(execFile)(program, words, { env: environment(session) })).stdout;
}

export const activeWindow = (session) => ask(session, 'xdotool', 'getactivewindow', 'getwindowname');

// Mousepad with a file that is saved with Ctrl+S.
export class EditorFile {
  static async open(page, site, user, name) {
    const editor = new EditorFile();
    editor.page = page;
    editor.path = path.join(site.data, 'homes', user, name);
    await openResource(page, 'text editor|mousepad');
    editor.session = (await site.sessions({ user }))[0];
    await until('the editor has the focus', async () => /mousepad/i.test(await activeWindow(editor.session)));
    // Its window may have the focus before its menus have their shortcuts.
    await page.keyboard.press('x');
    await until('the save dialog has the focus', async () => {
      await page.keyboard.press('Control+s');
      return /save/i.test(await activeWindow(editor.session));
    }, { everyMs: 500 });
    await page.keyboard.press('Control+a');
    await page.keyboard.type(name);
    // GTK ignores Enter until it has looked at the name, and shows that only by the colour of its button.
    await until('the dialog took Enter', async () => {
      await page.keyboard.press('Enter');
      return !/save/i.test(await activeWindow(editor.session));
    }, { everyMs: 250 });
    await until('the file is there', async () => (await readFile(editor.path, 'utf8')).startsWith('x'));
    await editor.clear();
    return editor;
  }

  async clear() {
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.press('Delete');
  }

  // Presses Ctrl+S by `press` and gives what the file holds then.
  async saved(press) {
    const before = (await stat(this.path)).mtimeNs ?? (await stat(this.path, { bigint: true })).mtimeNs;
    await press();
    await until('the editor saved the file', async () => (await stat(this.path, { bigint: true })).mtimeNs !== before);
    return readFile(this.path, 'utf8');
  }
}

// A window on a session's display that writes down the keys it gets.
export class Listener {
  static async open(session) {
    const listener = new Listener();
    listener.events = [];
    listener.child = spawn(keyboardTool, ['listen'], { env: environment(session), stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: listener.child.stdout }).on('line', (line) => listener.events.push(JSON.parse(line)));
    await until('the listener has the focus', () => listener.events.some((one) => one.ready));
    listener.forget();
    return listener;
  }

  forget() {
    this.events.length = 0;
  }

  // "+Shift_L +A -A -Shift_L": presses, "*A" repeats, and releases, in order.
  get heard() {
    return this.events.map((one) => `${one.repeat ? '*' : one.down ? '+' : '-'}${one.key}`).join(' ');
  }

  async close() {
    const ended = once(this.child, 'exit');
    this.child.stdin.end();
    await ended;
  }
}
