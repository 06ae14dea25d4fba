// More states that screens.mjs takes pictures of: those that another place, another window, a network or the device brings
// about. Each has its own cause; nothing of the page is put there by hand.
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { launchProfile, state, whenLive } from './browser.mjs';
import { publishNext } from './client_version.mjs';
import { CuttableProxy } from './cuttable_proxy.mjs';
import { closeDialog, copyInDesktop, enter, openMenu, password, shown, signedIn, tiles } from './screen_steps.mjs';
import { Site, repository, temporaryFolder } from './site.mjs';
import { until } from './until.mjs';

let people = 0;
async function newPerson(round, displayName) {
  const name = `${displayName.toLowerCase()}-${++people}`;
  await round.site.addUser(name, password, '--display-name', displayName);
  return name;
}

// Passkeys by an authenticator of the browser's own; they need a name for an address.
async function passkeys(round) {
  const baseURL = round.site.url.replace('127.0.0.1', 'localhost');
  const name = await newPerson(round, 'Grace');
  const page = await round.visitor({ baseURL });
  const shot = (what) => round.shot(page, what);
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.goto('/');
  await page.locator('.sign-in .button .icon-key').waitFor();
  await shot('sign-in-passkey');
  await enter(page, name);
  await shown(page, 'catalogue');
  await page.goto('/#/account');
  const section = page.locator('.account-section', { has: page.locator('#account-passkeys') });
  await section.locator('.button:has(.icon-key)').click();
  await page.locator('#passkey-name').waitFor();
  await shot('passkey-name');
  await page.locator('dialog .button.primary').click();
  await page.locator('dialog .codes').waitFor();
  await shot('passkey-codes');
  await page.locator('dialog .button.primary').click();
  await section.locator('.account-row').waitFor();
  await page.evaluate(() => { window.scrollTo(0, 0); });
  await shot('account-passkey');
  await section.locator('.account-row button').last().click();
  await page.getByRole('dialog').waitFor();
  await shot('passkey-remove');
  await closeDialog(page);
  await page.goto('/#/');
  await shown(page, 'catalogue');
  await page.locator('.account button').click();
  await page.locator('dialog .actions button').last().click();
  await shown(page, 'sign-in');
  await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.locator('.sign-in .button:has(.icon-key)').click();
  await page.locator('.form-error:not(:empty)').waitFor();
  await shot('sign-in-passkey-failed');
  await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  // A second step that is not answered yet.
  await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false });
  await enter(page, name);
  await page.locator('.factor-form').waitFor();
  await shot('factor-passkey');
  await page.context().close();
}

// Another place opens the same, a pool is full or under maintenance, and addresses that nothing was told about before.
async function elsewhere(round) {
  const one = await signedIn(round);
  await one.goto('/#/s/mousepad');
  await whenLive(one);
  const other = await signedIn(round);
  await other.goto('/#/s/mousepad');
  await whenLive(other);
  await one.locator('.toast').waitFor();
  await round.shot(one, 'session-in-two-places');
  for (const page of [one, other]) await page.context().close();

  const [pool, app] = [`lab-${++people}`, `notes-${people}`];
  await round.site.vitrine(['pool', 'add', pool, '--name', 'Laboratory', '--max', '1']);
  await round.site.vitrine(['app', 'add', app, '--name', 'Laboratory Notes', '--pool', pool, '--command', 'mousepad']);
  const [holder, waiter] = [await newPerson(round, 'Edsger'), await newPerson(round, 'Barbara')];
  for (const user of [holder, waiter]) await round.site.vitrine(['app', 'grant', app, '--user', user]);
  const holding = await signedIn(round, {}, holder);
  await holding.goto(`/#/s/${app}`);
  await whenLive(holding);
  const page = await signedIn(round, {}, waiter);
  await page.goto(`/#/s/${app}`);
  await page.reload();
  await page.locator('.cover.waiting').waitFor();
  await until('the name is known', async () => (await page.locator('.cover h1').textContent()).includes('Laboratory Notes'));
  await round.shot(page, 'session-next-in-line');
  await page.locator('.cover .button').click();
  await round.site.vitrine(['pool', 'drain', pool, '--message', 'New disks until noon.']);
  await page.goto(`/#/s/${app}`);
  await page.locator('.cover.ended').waitFor();
  await round.shot(page, 'session-maintenance');
  for (const each of [holding, page]) await each.context().close();
  for (const { session } of await round.site.sessions({ user: holder })) await round.site.vitrine(['session', 'end', session]);
}

// A network that fails, at a page that is kept on the device.
async function unreached(round) {
  const proxy = await CuttableProxy.start(new URL(round.site.url));
  const page = await round.visitor({ baseURL: proxy.url });
  await page.goto('/');
  await page.locator('#user').waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await until('the page is kept', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  proxy.shut();
  await page.goto('about:blank');
  await page.goto('/');
  await page.locator('.form-note:visible').waitFor();
  await round.shot(page, 'sign-in-unreached');
  proxy.reopen();
  await page.locator('.form-note').waitFor({ state: 'hidden' });
  await enter(page, 'ada');
  await shown(page, 'catalogue');
  proxy.shut();
  await page.goto('about:blank');
  await page.goto('/');
  await page.locator('.message-page .button').waitFor();
  await round.shot(page, 'catalogue-unreached');
  await page.context().close();
  await proxy.stop();
}

// Content of a clipboard that is too large, and some that takes its time, until it is cancelled.
async function transfers(round) {
  const proxy = await CuttableProxy.start(new URL(round.site.url));
  const page = await signedIn(round, { baseURL: proxy.url, permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto('/#/s/mousepad');
  await whenLive(page);
  await page.evaluate(() => navigator.clipboard.writeText('words '.repeat(6 << 20)));
  await page.keyboard.press('Control+v');
  await page.locator('.toast.warning').waitFor({ timeout: 40_000 });
  await round.shot(page, 'clipboard-too-large');
  await page.locator('.toast .icon-button').click();
  const [desktop] = await round.site.sessions({ user: 'ada', resource: 'mousepad' });
  await copyInDesktop(desktop, 'UTF8_STRING', 'More than goes through in a moment.\n'.repeat(800_000));
  await page.locator('.transfer:not([hidden])').waitFor();
  // It stays where it is for as long as the pictures take.
  proxy.silence();
  await round.shot(page, 'clipboard-transfer');
  await page.locator('.transfer button').click();
  await page.locator('.toast').waitFor();
  await round.shot(page, 'clipboard-cancelled');
  await page.context().close();
  // What is copied last is what whoever comes next is given.
  await copyInDesktop(desktop, 'UTF8_STRING', 'a word');
  await proxy.stop();
}

// One more window of a desktop, and what the menu says then.
async function monitors(round) {
  const page = await signedIn(round);
  await page.goto('/#/s/mousepad');
  await whenLive(page);
  const entry = page.locator('.menu-monitors .menu-entry').first();
  const others = [];
  for (let more = 1; more < 4; ++more) {
    await openMenu(round, page);
    const opened = page.context().waitForEvent('page');
    await entry.click();
    const other = await opened;
    others.push(other);
    if (more === 1) {
      await other.setViewportSize(round.options.viewport);
      await whenLive(other);
      await until('it is exact', async () => (await state(other)).exact === 'true');
      await round.shot(other, 'second-window');
      await openMenu(round, other);
      await round.shot(other, 'second-window-menu');
      await closeDialog(other);
    }
    await until('it is one more', async () => (await page.locator('.menu-monitors').count()) > 0 && (await state(other)).session === 'live');
  }
  await page.bringToFront();
  await openMenu(round, page);
  await entry.scrollIntoViewIfNeeded();
  await round.shot(page, 'menu-monitors');
  await page.context().close();
  // Whoever comes next has one window, and what is on the other monitors would come to it only after a while.
  for (const { session } of await round.site.sessions({ user: 'ada', resource: 'mousepad' })) await round.site.vitrine(['session', 'end', session]);
}

// As an app of the device: the browser's offer to install, and a version of the page that came meanwhile.
async function device(round) {
  const client = temporaryFolder();
  await cp(path.join(repository, 'web-client/dist'), client, { recursive: true });
  const site = await Site.start({ more: ['--client', client] });
  await site.addUser('ada', password, '--display-name', 'Ada Lovelace');
  const profile = await launchProfile(site, { ...round.options, colorScheme: round.schemes[0] });
  try {
    const page = await profile.newPage();
    await page.goto('/');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await until('it is in charge', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
    await enter(page, 'ada');
    await shown(page, 'catalogue');
    await tiles(page);
    await publishNext(client);
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => undefined));
    await page.locator('.toast .button').waitFor();
    await round.shot(page, 'update-ready');
    await page.goto('/#/s/mousepad');
    await whenLive(page);
    await round.shot(page, 'update-ready-in-session');
    await page.goto('/#/account');
    await page.locator('#install-title').waitFor();
    await until('the browser offers to install', () => page.evaluate(() => document.querySelector('.account-section:last-of-type .account-do button')?.hidden === false));
    await page.locator('#install-title').scrollIntoViewIfNeeded();
    await round.shot(page, 'install-offer');
  } finally {
    await profile.close();
    await site.stop();
    await rm(client, { recursive: true, force: true });
  }
}

// A phone with its keyboard over the page, upright and turned. The system's keyboard itself is not in a headless browser;
// the visual viewport tells of it as it does on a phone.
async function turned(round) {
  // With letters of twice the size nothing of a desktop is left between a turned phone's keyboard and the keys.
  if (!round.touch || round.options.viewport.width > 600 || round.letters !== undefined) return;
  const covered = (page, pixels) => page.evaluate((height) => {
    window.keyboardHeight = height;
    if (!Object.hasOwn(visualViewport, 'height')) Object.defineProperty(visualViewport, 'height', { get: () => innerHeight - window.keyboardHeight, configurable: true });
    visualViewport.dispatchEvent(new Event('resize'));
  }, pixels);
  const page = await signedIn(round);
  const { width, height } = round.options.viewport;
  await page.goto('/#/s/terminal');
  await whenLive(page);
  await page.locator('.key-bar .bar-first .bar-key').nth(1).tap();
  await until('the shell has filled its window', async () => {
    await page.keyboard.type('seq 99\n');
    return page.evaluate((low) => document.querySelector('.text-field').getBoundingClientRect().bottom > low, height / 2);
  }, { everyMs: 1_000 });
  const seen = async (pixels) => {
    await covered(page, pixels);
    await until('the desktop is as wide as the page', () => page.evaluate(() => Number(document.querySelector('.stage > canvas').dataset.width) === innerWidth * devicePixelRatio));
    // Where the caret is after the desktop has changed its size, the next key tells.
    await until('the caret is above the keys', async () => {
      await page.keyboard.type('a');
      return page.evaluate(() => {
        const [caret, bar] = ['.text-field', '.key-bar'].map((one) => document.querySelector(one).getBoundingClientRect());
        return caret.top > 20 && caret.bottom <= bar.top;
      });
    }, { everyMs: 1_000 });
    await until('it is exact', async () => (await state(page)).exact === 'true');
  };
  await seen(Math.round(height * 0.4));
  await round.shot(page, 'keyboard-upright');
  await page.setViewportSize({ width: height, height: width });
  await seen(Math.round(width * 0.5));
  await round.shot(page, 'keyboard-turned');
  await page.context().close();
}

export const rareGroups = { passkeys, elsewhere, unreached, transfers, monitors, device, turned };
