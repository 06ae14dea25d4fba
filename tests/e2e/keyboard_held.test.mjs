// Keys that are held, repeated, locked or lost, from a real keyboard at a real Chromium to a program of the desktop that
// writes down each event it gets.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newVisitor, openResource, signIn, whenLive } from './browser.mjs';
import { Listener, activeWindow, ask } from './keyboard_editor.mjs';
import { Seat, key } from './keyboard_seat.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const kLockState = 2;
const kNumLockState = 16;

describe('keys that are held, repeated, locked or lost', () => {
  let site, seat, page, session, desktop;
  before(async () => {
    [site, seat] = await Promise.all([Site.start(), Seat.open()]);
    await site.addUser('ada', 'correct horse battery');
    await seat.useLayout('us');
    page = await visit();
    session = (await site.sessions({ user: 'ada' }))[0];
    await until('the editor has the focus', async () => /mousepad/i.test(await activeWindow(session)));
    desktop = await Listener.open(session);
  });
  after(async () => {
    await desktop?.close();
    await seat?.close();
    await site?.stop();
  });

  async function visit() {
    const browser = seat.browser ?? await seat.browse(site);
    const visitor = await newVisitor(browser, site, { viewport: null });
    await visitor.bringToFront();
    await signIn(visitor, 'ada', 'correct horse battery');
    await openResource(visitor, 'text editor|mousepad');
    return visitor;
  }

  // Presses keys and gives what the program heard once it has heard `last`.
  async function heard(words, last) {
    desktop.forget();
    await seat.press(words);
    await until(`the desktop hears ${last}`, () => desktop.heard.endsWith(last));
    return desktop.heard;
  }

  test('a held key is repeated by the desktop and comes up once', async () => {
    desktop.forget();
    await seat.press('+38');
    await until('it repeats', () => desktop.events.filter((one) => one.repeat).length >= 3);
    await seat.press('-38 56');
    await until('the next key comes', () => desktop.heard.endsWith('+b -b'));
    assert.match(desktop.heard, /^\+a( \*a){3,} -a \+b -b$/);
  });

  test('every function key, editing key, media key and Pause arrive', async () => {
    const keys = {
      67: 'F1', 71: 'F5', 72: 'F6', 76: 'F10', 95: 'F11', 96: 'F12', 9: 'Escape', 107: 'Print', 78: 'Scroll_Lock', 127: 'Pause',
      118: 'Insert', 119: 'Delete', 110: 'Home', 115: 'End', 112: 'Prior', 117: 'Next', 111: 'Up', 116: 'Down', 113: 'Left', 114: 'Right',
      121: 'XF86AudioMute', 122: 'XF86AudioLowerVolume', 123: 'XF86AudioRaiseVolume', 133: 'Super_L', 105: 'Control_R', 62: 'Shift_R',
    };
    for (const [code, name] of Object.entries(keys)) {
      assert.equal(await heard(code, `-${name}`), `+${name} -${name}`);
    }
  });

  test('a chord arrives in order, with its modifiers', async () => {
    assert.equal(await heard('+37 +64 +50 33 -50 -64 -37', '-Control_L'), '+Control_L +Alt_L +Shift_L +P -P -Shift_L -Alt_L -Control_L');
  });

  test('the number pad follows Num Lock, and the desktop with it', async () => {
    assert.equal(await heard('79', '-KP_Home'), '+KP_Home -KP_Home');
    await seat.press('77');
    const lit = await heard('79', '-KP_7');
    assert.match(lit, /\+KP_7 -KP_7$/);
    assert.ok(desktop.events.at(-1).state & kNumLockState);
    assert.match(await heard('82 86 63 104', '-KP_Enter'), /\+KP_Subtract -KP_Subtract \+KP_Add -KP_Add \+KP_Multiply -KP_Multiply \+KP_Enter -KP_Enter$/);
    await seat.press('77');
    assert.match(await heard('79', '-KP_Home'), /\+KP_Home -KP_Home$/);
    assert.equal(desktop.events.at(-1).state & kNumLockState, 0);
  });

  test('Caps Lock is in step, also when the desktop had it otherwise', async () => {
    await seat.press(`${key.capsLock}`);
    assert.match(await heard('38', '-A'), /\+A -A$/);
    assert.ok(desktop.events.at(-1).state & kLockState);
    await seat.press(`${key.capsLock}`);
    assert.match(await heard('38', '-a'), /\+a -a$/);
    // A program of the desktop locked it.
    await ask(session, 'xdotool', 'key', 'Caps_Lock');
    assert.match(await heard('38', '-a'), /\+a -a$/);
    assert.equal(desktop.events.at(-1).state & kLockState, 0);
    // It is locked while nobody looks.
    await page.context().close();
    await ask(session, 'xdotool', 'key', 'Caps_Lock');
    page = await visit();
    await until('the listener has the focus again', async () => /listener/.test(await activeWindow(session)));
    assert.match(await heard('38', '-a'), /\+a -a$/);
  });

  // What is down at the desktop by what the program heard.
  function held() {
    const down = new Set();
    for (const one of desktop.events) if (one.down) down.add(one.code); else down.delete(one.code);
    return down.size;
  }
  const holds = (count) => until(`${count} keys are down at the desktop`, () => held() === count);

  test('a window that loses the focus leaves no key down', async () => {
    desktop.forget();
    await seat.press('+38 +64');
    await holds(2);
    // Playwright tells its pages that they always have the focus, whatever window the person is in.
    await page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await holds(0);
    await seat.press('-38 -64');
  });

  // The agent dies, and the page is live again.
  async function cut() {
    await page.evaluate(() => {
      const root = document.documentElement;
      window.noticed = false;
      new MutationObserver(() => { window.noticed ||= root.dataset.session !== 'live'; }).observe(root, { attributes: true });
    });
    process.kill((await site.sessions({ user: 'ada' }))[0].pids.agent, 'SIGKILL');
    await until('the page noticed', () => page.evaluate(() => window.noticed));
    await whenLive(page);
  }

  test('full screen takes the keys that the browser else keeps, and a held Esc leaves it; a cut changes neither', async () => {
    const full = () => page.evaluate(() => document.fullscreenElement !== null);
    const tabs = () => page.context().pages().length;
    await page.bringToFront();
    await seat.press('+37 +64 +50 58 -50 -64 -37'); // the menu
    await page.getByText('In full screen all keys go to the desktop').waitFor();
    await page.getByRole('button', { name: 'Full screen', exact: true }).click();
    await until('the page fills the screen', full);
    const before = tabs();
    const taken = async () => {
      for (const [code, name] of [[25, 'w'], [28, 't'], [57, 'n']]) {
        assert.equal(await heard(`+37 ${code} -37`, '-Control_L'), `+Control_L +${name} -${name} -Control_L`);
      }
    };
    await taken();
    await seat.press('+37 +64 +50 58 -50 -64 -37');
    await page.getByRole('button', { name: /^capture the pointer/i }).click();
    const captured = () => page.evaluate(() => document.pointerLockElement !== null);
    await until('the pointer is captured', captured);
    await cut();
    await until('it is captured again', captured);
    await taken();
    assert.equal(await heard(`${key.escape}`, '-Escape'), '+Escape -Escape');
    assert.equal(await full(), true);
    assert.equal(tabs(), before);
    await seat.press(`+${key.escape}`);
    await until('it is left', async () => !(await full()));
    await until('the pointer is free', async () => !(await captured()));
    await seat.press(`-${key.escape}`);
    await holds(0);
  });

  test('what the browser keeps can be sent from the menu', async () => {
    desktop.forget();
    await seat.press('+37 +64 +50 58 -50 -64 -37');
    await page.getByRole('button', { name: 'Ctrl + W', exact: true }).click();
    await until('the desktop hears it', () => desktop.heard.endsWith('+Control_L +w -w -Control_L'));
  });

  test('a browser that is gone at once leaves no key down', async () => {
    desktop.forget();
    await seat.press('+50 +38');
    await holds(2);
    const protocol = await page.context().newCDPSession(page);
    protocol.send('Page.crash').catch(() => undefined); // no answer comes
    await holds(0);
    await seat.press('-38 -50');
  });
});
