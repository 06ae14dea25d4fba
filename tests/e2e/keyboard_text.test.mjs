// What comes as text instead of keys: input methods and soft keyboards, into an editor of the desktop.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, phone, signIn } from './browser.mjs';
import { EditorFile } from './keyboard_editor.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

describe('text that no key event tells', () => {
  let site, browser, page, editor;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    await visit();
    editor = await EditorFile.open(page, site, 'ada', 'text.txt');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  async function visit(options) {
    page = await newVisitor(browser, site, options);
    page.ime = await page.context().newCDPSession(page);
    await signIn(page, 'ada', 'correct horse battery');
  }

  const compose = (text) => page.ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  const commit = (text) => page.ime.send('Input.insertText', { text });
  // The field that holds the focus, as it is shown.
  const field = () => page.evaluate(() => {
    const element = document.querySelector('.text-field');
    const { x, y, width, height } = element.getBoundingClientRect();
    return { value: element.value, shown: getComputedStyle(element).opacity === '1', x, y, width, height };
  });
  // What the editor holds, by a save; then it is empty again.
  async function written() {
    const text = await editor.saved(() => page.keyboard.press('Control+s'));
    await editor.clear();
    return text.replace(/\n$/, '');
  }

  test('what an input method composes is shown at the caret and sent when it is chosen', async () => {
    await page.locator('canvas').first().click({ position: { x: 600, y: 400 } });
    await page.keyboard.type('abcdefghij');
    // Ten letters into the first line: not where the click was.
    await until('the field is at the caret', async () => {
      const { shown, x, y } = await field();
      return !shown && x > 60 && x < 200 && y < 200;
    });
    for (const step of ['n', 'に', 'にh', 'にほ', 'にほn', 'にほん']) await compose(step);
    const during = await field();
    assert.deepEqual([during.value, during.shown], ['にほん', true]);
    assert.ok(during.width > 20 && during.height >= 12, `${during.width} x ${during.height}`);
    await commit('日本');
    assert.equal((await field()).shown, false);
    assert.equal(await written(), 'abcdefghij日本');
  });

  for (const [language, steps, text] of [
    ['Chinese by Pinyin', ['n', 'ni', "ni'h", "ni'hao"], '你好'],
    ['Korean', ['ㅎ', '하', '한'], '한'],
    ['Japanese with conversion', ['k', 'か', 'かn', 'かん', 'かんj', 'かんじ', '漢字', '感じ'], '感じ'],
  ]) {
    test(`${language}: nothing of the composition itself arrives`, async () => {
      await page.keyboard.type('<');
      for (const step of steps) await compose(step);
      await commit(text);
      await page.keyboard.type('>');
      assert.equal(await written(), `<${text}>`);
    });
  }

  test('a composition that is cancelled leaves nothing, and Enter after one is a line', async () => {
    for (const step of ['k', 'か']) await compose(step);
    await compose('');
    assert.equal((await field()).shown, false);
    await page.keyboard.type('x');
    for (const step of ['s', 'そ']) await compose(step);
    // The input method takes the first Enter: it chooses.
    await page.ime.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 });
    await commit('そ');
    await page.keyboard.press('Enter');
    await page.keyboard.type('y');
    assert.equal(await written(), 'xそ\ny');
  });

  test('looking elsewhere in the middle of a composition keeps what is shown', async () => {
    for (const step of ['m', 'ま']) await compose(step);
    await page.evaluate(() => document.querySelector('.text-field').blur());
    await page.evaluate(() => document.querySelector('.text-field').focus());
    await page.keyboard.type('z');
    assert.equal(await written(), 'まz');
  });

  describe('on a phone', () => {
    // What a soft keyboard does to the words it knows.
    const rewrite = (last, text) => page.evaluate(([back, words]) => {
      const area = document.querySelector('.text-field');
      area.setSelectionRange(area.value.length - back, area.value.length);
      document.execCommand('insertText', false, words);
    }, [last, text]);
    const erase = (times) => page.evaluate((count) => {
      for (let i = 0; i < count; i += 1) document.execCommand('delete');
    }, times);

    before(async () => {
      await page.context().close();
      await visit(phone);
      await openResource(page, 'text editor|mousepad');
      editor.page = page;
      await page.getByRole('button', { name: 'Keyboard', exact: true }).tap();
      await until('the soft keyboard is asked for', () => page.evaluate(() => document.activeElement?.inputMode === 'text'));
      await editor.clear();
    });

    test('words that grow, are corrected and swiped', async () => {
      for (const step of ['t', 'te', 'teh']) await compose(step);
      await commit('the ');
      await commit('quick ');
      await rewrite(6, 'quiet ');
      assert.equal(await written(), 'the quiet ');
    });

    test('emoji of many code points, taken back by one press each', async () => {
      for (const emoji of ['😀', '👨‍👩‍👧‍👦', '👍🏽', '🇩🇪']) await commit(emoji);
      await erase(2);
      await commit('!');
      assert.equal(await written(), '😀👨‍👩‍👧‍👦!');
    });

    test('a long dictation arrives whole, and is rewritten', async () => {
      const speech = Array.from({ length: 150 }, (_, i) => `word${i}`).join(' ');
      await commit(speech);
      await rewrite(7, 'the end.');
      assert.equal(await written(), `${speech.slice(0, -7)}the end.`);
    });

    test('Backspace held goes on beyond what the keyboard knows', async () => {
      await commit('one two');
      await page.evaluate(() => document.querySelector('.text-field').blur());
      await page.evaluate(() => document.querySelector('.text-field').focus());
      for (let i = 0; i < 40; i += 1) await erase(1);
      await commit('ok');
      assert.equal(await written(), 'ok');
    });

    test('Android says 229 for its keys: the text counts', async () => {
      for (const letter of 'hi') {
        await page.ime.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Unidentified', code: '', windowsVirtualKeyCode: 229 });
        await commit(letter);
        await page.ime.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Unidentified', code: '', windowsVirtualKeyCode: 229 });
      }
      assert.equal(await written(), 'hi');
    });

    test('sliding on the space bar moves the caret of the desktop', async () => {
      await commit('ac');
      await page.evaluate(() => {
        const area = document.querySelector('.text-field');
        area.setSelectionRange(area.value.length - 1, area.value.length - 1);
      });
      await until('the field was told', () => page.evaluate(() => !document.querySelector('.text-field').value.endsWith('c')));
      await commit('b');
      assert.equal(await written(), 'abc');
    });
  });

  test('no page logged an error', () => assert.deepEqual(page.problems, []));
});
