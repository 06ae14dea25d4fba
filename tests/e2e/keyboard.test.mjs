// Keyboard conformance: what each key of each layout of a person's keyboard types in an editor of a desktop. The keys
// are pressed at the X display a real Chromium runs on; the file the editor saved is compared with what libxkbcommon
// says the layout types. A sample of layouts; all of them with VITRINE_LAYOUTS=all (`./dev test keyboard`).
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newVisitor, signIn } from './browser.mjs';
import { EditorFile, ask } from './keyboard_editor.mjs';
import { Seat, key, layoutTables, stroke } from './keyboard_seat.mjs';
import { ConformanceTable } from './keyboard_table.mjs';
import { Site } from './site.mjs';

const sample = ['us', 'us:intl', 'de', 'fr', 'ch:fr', 'br', 'gr', 'ru'];
const all = [
  'us', 'us:intl', 'us:dvorak', 'us:colemak', 'gb', 'ie', 'ca', 'de', 'de:nodeadkeys', 'de:neo', 'at', 'ch', 'ch:fr', 'fr', 'fr:bepo',
  'be', 'nl', 'es', 'latam', 'it', 'pt', 'br', 'se', 'no', 'dk', 'fi', 'is', 'ee', 'lv', 'lt', 'pl', 'cz', 'cz:qwerty',
  'sk', 'hu', 'ro', 'si', 'hr', 'rs', 'bg', 'mk', 'al', 'tr', 'tr:f', 'gr', 'ru', 'ua', 'by', 'kz', 'ge', 'am', 'il', 'ara', 'ir',
  'in', 'th', 'vn', 'jp', 'kr',
];
const asked = process.env.VITRINE_LAYOUTS ?? 'sample';
const full = asked === 'all';
const layouts = full ? all : asked === 'sample' ? sample : asked.split(',');
// The desktop's own layout stays what it is; these see a sample.
const otherDesktops = full ? ['de', 'fr', 'ru'] : ['de'];

describe('every key of a layout types in the desktop what it types at home', () => {
  let site, seat, page, editor;
  const table = new ConformanceTable();
  before(async () => {
    [site, seat] = await Promise.all([Site.start(), Seat.open()]);
    await site.addUser('ada', 'correct horse battery');
    const browser = await seat.browse(site);
    page = await newVisitor(browser, site, { viewport: null });
    await signIn(page, 'ada', 'correct horse battery');
    editor = await EditorFile.open(page, site, 'ada', 'keys.txt');
    await page.evaluate(() => {
      window.composedHere = '';
      window.addEventListener('compositionend', (event) => { window.composedHere += event.data; }, true);
      window.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') window.composedHere += '\n';
        if (event.key === '\0') window.composedHere += event.key;
      }, true);
    });
  });
  after(async () => {
    const out = path.join(import.meta.dirname, 'out');
    await mkdir(out, { recursive: true });
    await writeFile(path.join(out, 'keyboard.md'), table.markdown());
    await seat?.close();
    await site?.stop();
  });

  // Types the cells, a line each, and gives the lines that the editor saved.
  async function typed(layout, cells) {
    await editor.clear();
    for (const cell of cells) await seat.press([...cell.strokes.flatMap(stroke), String(key.enter)]);
    const s = layout.levels.plain.find((one) => one.text === 's')?.keys.at(-1) ?? 39;
    return (await editor.saved(() => seat.press(`+${key.control} ${s} -${key.control}`))).split('\n');
  }

  async function check(layout, desktop) {
    await seat.useLayout(layout.layout);
    const cells = table.cellsOf(layout);
    let lines = await typed(layout, cells.map((cell) => ({ strokes: cell.items.flatMap((one) => one.strokes) })));
    for (const [index, cell] of cells.entries()) {
      const expected = cell.items.map((one) => one.text).join('');
      if (lines[index] === expected) {
        table.green(layout.layout, desktop, cell);
        continue;
      }
      // Again, a line for each key, to name those that fail, beside what the browser composed of it.
      await page.evaluate(() => { window.composedHere = ''; });
      const each = await typed(layout, cell.items);
      const here = (await page.evaluate(() => window.composedHere)).split('\n');
      table.failed(layout.layout, desktop, cell, cell.items.map((one, i) => ({ ...one, got: each[i], composed: here[i] })));
    }
    return table.failuresOf(layout.layout, desktop);
  }

  for (const name of layouts) {
    test(`${name}: plain, Shift, AltGr, both, dead keys and Compose`, async () => {
      const [layout] = await layoutTables([name]);
      assert.deepEqual(await check(layout, 'us'), []);
    });
  }

  for (const desktop of otherDesktops) {
    test(`the same with a desktop whose layout is ${desktop}`, async () => {
      await ask(editor.session, 'setxkbmap', desktop);
      const failures = [];
      for (const layout of await layoutTables(['us', 'de', 'fr', 'ru', 'us:intl'])) failures.push(...await check(layout, desktop));
      assert.deepEqual(failures, []);
    });
  }

  test('no page logged an error', () => assert.deepEqual(page.problems, []));
});
