// What is recorded: real programs doing what people do with them. Each scene opens its programs, then gives one step a
// frame. Documents come from bench/session/pictures.mjs and from the repository itself.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../../tests/e2e/site.mjs';
import { officeScenes } from './office.mjs';

// As large as the screen allows with a title bar above.
const whole = [0, 0, 1918, 1054];
const sentence = 'The quick brown fox jumps over the lazy dog, and five wizards judge its vow. ';

async function editor(desktop, file, place) {
  desktop.start('mousepad', ['--disable-server', file]);
  const window = await desktop.window(['--class', 'mousepad']);
  await desktop.place(window, place);
  return window;
}

async function webPage(desktop, file, place) {
  desktop.start('chromium', ['--no-sandbox', '--disable-gpu', '--no-first-run', '--no-default-browser-check', '--disable-smooth-scrolling',
    '--disable-background-networking', '--password-store=basic', `--user-data-dir=${path.join(desktop.programs.folder, 'profile')}`,
    `--app=file://${file}`]);
  const window = await desktop.window(['--class', 'chromium']);
  await desktop.place(window, place);
  return window;
}

async function article(desktop, pdf) {
  desktop.start('mupdf', ['-r', '96', pdf]);
  await desktop.place(await desktop.window(['--name', 'article.pdf']), whole);
  await desktop.hands('key', 'shift+w');
  await desktop.hands('mousemove', 900, 600);
}

export const scenes = {
  ...officeScenes,
  async typing(desktop, { text }) {
    await editor(desktop, text, whole);
    await desktop.hands('key', 'ctrl+End');
    return { frames: 90, step: (i) => desktop.hands('key', keyOf(sentence[i % sentence.length])) };
  },
  async terminal(desktop) {
    const text = path.join(desktop.programs.folder, 'numbered.txt');
    await writeFile(text, Array.from({ length: 400 }, (_, i) => `${i + 1}  ${line(i)}`).join('\n'));
    desktop.start('xterm', ['-fa', 'DejaVu Sans Mono', '-fs', '11', '-bg', 'black', '-fg', 'gray90', '-xrm', 'xterm*cursorBlink: false',
      '-e', 'less', '-R', text]);
    await desktop.place(await desktop.window(['--class', 'xterm']), whole);
    return { frames: 60, step: (i) => desktop.hands('key', i % 8 === 7 ? 'space' : 'Down') };
  },
  // Illustrated, as wide as the window, by notches of the wheel; `leaf` is the same by quarters of a page.
  async document(desktop, { pdf }) {
    await article(desktop, pdf);
    return { frames: 90, step: () => desktop.hands('click', 5) };
  },
  async leaf(desktop, { pdf }) {
    await article(desktop, pdf);
    return { frames: 60, step: (i) => desktop.hands('key', i % 20 === 19 ? 'Next' : 'j') };
  },
  // Text, formulas and charts, two pages side by side, by a viewer's own steps.
  async paper(desktop, { paper }) {
    const settings = path.join(desktop.programs.folder, 'zathura');
    await mkdir(settings);
    await writeFile(path.join(settings, 'zathurarc'), 'set pages-per-row 2\nset adjust-open width\nset selection-notification false\n');
    desktop.start('zathura', ['-c', settings, '-d', settings, paper]);
    await desktop.place(await desktop.window(['--class', 'zathura']), whole);
    return { frames: 90, step: () => desktop.hands('key', 'j') };
  },
  async web(desktop, { article }) {
    await webPage(desktop, article, whole);
    await desktop.hands('mousemove', 900, 600);
    return { frames: 60, step: () => desktop.hands('click', 5) };
  },
  async drag(desktop, { wallpaper, text }) {
    desktop.start('feh', ['--bg-fill', '--no-fehbg', wallpaper]);
    const window = await editor(desktop, text, [200, 150, 900, 640]);
    return {
      frames: 60,
      step: (i) => desktop.hands('windowmove', window, Math.round(560 + 360 * Math.sin(i / 14 - 1)), Math.round(220 + 170 * Math.sin(i / 9 - 0.4))),
    };
  },
  async switching(desktop, { article, text }) {
    const windows = [await editor(desktop, text, whole), await webPage(desktop, article, whole)];
    return { frames: 12, step: (i) => desktop.hands('windowactivate', windows[i % 2]) };
  },
  // The film's own clock is slow enough that no frame is missed.
  async film(desktop, { scenery, text }) {
    await editor(desktop, text, whole);
    const film = ['--place', '560', '200', '1280', '720', 'video', '--picture', scenery, '--frames', '100000', '--rate', '6'];
    const play = () => desktop.start(path.join(repository, 'build/release/bench/session/bench_workload'), film);
    return { frames: 45, step: (i) => i === 0 && play(), quietMs: 0 };
  },
};

const keyOf = (letter) => ({ ' ': 'space', ',': 'comma', '.': 'period' })[letter] ?? letter;

// Terminal output in several colours, as a compiler or a log prints it.
function line(i) {
  const colour = 31 + (i * 7) % 6;
  const words = sentence.split(' ');
  const text = Array.from({ length: 4 + (i * 5) % 13 }, (_, word) => words[(i * 3 + word * 7) % words.length]).join(' ');
  return `\u001b[${colour}m${['note', 'warning', 'ok', 'debug'][i % 4]}\u001b[0m: ${text}`;
}
