// The pages themselves: three languages, the keyboard alone, large letters, axe; and as an app of the device: installable,
// there without the server, and never keeping anything of a session.
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { lossAtTwiceTheSize, movesInReducedMotion, unseenInForcedColors, violations } from './axe.mjs';
import { launchBrowser, launchProfile, newVisitor, phone, state, whenLive } from './browser.mjs';
import { publishNext } from './client_version.mjs';
import { Site, repository, temporaryFolder } from './site.mjs';
import { until } from './until.mjs';

const password = 'correct horse battery';
const shown = (page, name) => until(`${name} is shown`, async () => (await state(page)).page === name);
// By names that no language changes.
async function signInAs(page, name) {
  await page.locator('#user').fill(name);
  await page.locator('#password').fill(password);
  await page.locator('form.sign-in button[type="submit"]').click();
  await shown(page, 'catalogue');
  await page.locator('.tile:not(.ghost)').first().waitFor();
}
const focused = (page) => page.evaluate(() => {
  const one = document.activeElement;
  return one === document.body ? '' : one.getAttribute('aria-label') || one.id || one.textContent;
});

describe('pages', { timeout: 900_000 }, () => {
  let site, browser, client;
  before(async () => {
    // A copy, so that a test can put another version in its place.
    client = temporaryFolder();
    await cp(path.join(repository, 'web-client/dist'), client, { recursive: true });
    site = await Site.start({ more: ['--client', client] });
    browser = await launchBrowser(site);
    for (const name of ['ada', 'grace', 'edsger']) await site.addUser(name, password, '--display-name', `${name[0].toUpperCase()}${name.slice(1)}`);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
    await rm(client, { recursive: true, force: true });
  });

  test('each language is whole, set before anything is drawn, and kept on the device', async () => {
    const titles = { en: 'Sign in', de: 'Anmelden', ar: 'تسجيل الدخول' };
    for (const [locale, code] of [['de-AT', 'de'], ['ar-EG', 'ar'], ['fr-FR', 'en']]) {
      const page = await newVisitor(browser, site, { locale });
      await page.addInitScript(() => {
        new MutationObserver(() => {
          if (document.body !== null) window.atFirst ??= { lang: document.documentElement.lang, dir: document.documentElement.dir };
        }).observe(document, { childList: true, subtree: true });
      });
      const asked = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto('/');
      await page.getByRole('heading', { level: 1, name: titles[code], exact: true }).waitFor();
      assert.deepEqual(await page.evaluate(() => window.atFirst), { lang: code, dir: code === 'ar' ? 'rtl' : 'ltr' });
      assert.deepEqual(asked.filter((one) => one.includes('words')).map((one) => one.replace(/-[A-Z2-7]+\.js/, '')), code === 'en' ? [] : [`/assets/words-${code}`]);
      await page.locator('#language').selectOption('de');
      await page.getByRole('heading', { level: 1, name: titles.de, exact: true }).waitFor();
      await page.reload();
      await page.getByRole('heading', { level: 1, name: titles.de, exact: true }).waitFor();
      await page.locator('#user').fill('ada');
      await page.locator('#password').fill('not this one');
      await page.locator('form.sign-in button[type="submit"]').click();
      await page.getByText('Der Benutzername oder das Passwort stimmt nicht.').waitFor();
      await page.context().close();
    }
  });

  test('from right to left the pages are mirrored, and the desktop is not', async () => {
    const page = await newVisitor(browser, site, { locale: 'ar' });
    await page.goto('/');
    await signInAs(page, 'ada');
    const at = (selector) => page.locator(selector).first().boundingBox();
    const [brand, account] = [await at('.brand'), await at('.account')];
    assert.ok(brand.x > account.x, 'the brand is at the right');
    const [icon, name] = [await at('.tile .tile-icon'), await at('.tile .tile-name')];
    assert.ok(icon.x > name.x, 'icons are to the right of their names');
    await page.locator('.tile-open').first().click();
    await whenLive(page);
    const { x, width } = await at('.stage > canvas');
    assert.ok(x >= 0 && x + width <= 1281, 'the desktop fills the window');
    assert.equal(await page.locator('.stage').evaluate((stage) => getComputedStyle(stage).direction), 'ltr');
    await page.keyboard.press('Control+Alt+Shift+M');
    const menu = await at('dialog.menu');
    assert.ok(Math.abs(menu.x + menu.width / 2 - 640) < 2, 'the menu is in the middle');
    const [entryIcon, entryText] = [await at('.menu-entry:visible .icon'), await at('.menu-entry:visible span')];
    assert.ok(entryIcon.x > entryText.x);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  test('the whole way goes by the keyboard alone, and the focus is seen and comes back', async () => {
    const page = await newVisitor(browser, site, { reducedMotion: 'reduce' });
    await page.goto('/');
    await page.locator('#user').waitFor();
    await until('the name has the focus', async () => (await focused(page)) === 'user');
    await page.keyboard.type('grace');
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await shown(page, 'catalogue');
    await page.locator('.tile:not(.ghost)').first().waitFor();
    await until('the new page has the focus', () => page.evaluate(() => document.activeElement?.tagName === 'H1'));
    // Back to the very first, which leads over what comes before the content.
    for (let i = 0; (await focused(page)) !== 'Skip to the content'; i += 1) {
      assert.ok(i < 8, 'there is no way to skip the bar');
      await page.keyboard.press('Shift+Tab');
    }
    const outline = () => page.evaluate(() => {
      const one = document.activeElement;
      const seen = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      return seen(getComputedStyle(one)) || seen(getComputedStyle(one, '::after'));
    });
    assert.ok(await outline());
    await page.keyboard.press('Enter');
    for (let i = 0; i < 3; i += 1) {
      await page.keyboard.press('Tab');
      assert.ok(await outline(), await focused(page));
    }
    await page.evaluate(() => document.querySelector('.tile-open').focus());
    await page.keyboard.press('Enter');
    await whenLive(page);
    await page.keyboard.press('Control+Alt+Shift+M');
    await page.locator('dialog.menu[open]').waitFor();
    await page.keyboard.press('Escape');
    await until('the desktop has the keyboard again', () => page.evaluate(() => document.activeElement?.classList.contains('text-field')));
    await page.keyboard.press('Control+Alt+Shift+M');
    // By Tab alone to "Disconnect"; a trap would never let it come.
    for (let i = 0; ; i += 1) {
      assert.ok(i < 60, 'the menu has no way to its last entries');
      await page.keyboard.press('Tab');
      if ((await page.evaluate(() => document.activeElement.textContent)).startsWith('Disconnect')) break;
    }
    await page.keyboard.press('Enter');
    await shown(page, 'catalogue');
    await page.locator('.tile-end').first().waitFor();
    await page.locator('.tile-end').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await until('the focus is where it was', async () => /^End session/.test(await focused(page)));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.tile-end').waitFor({ state: 'detached' });
    await until('the focus is at the tile that ended', async () => (await focused(page)) !== '');
    await page.locator('.account button').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await shown(page, 'sign-in');
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  test('axe finds nothing, and letters of twice the size lose nothing, in every language, light and dark', async () => {
    const found = [];
    for (const options of [{ locale: 'en' }, { locale: 'de', colorScheme: 'dark', ...phone }, { locale: 'ar', colorScheme: 'dark' }]) {
      const page = await newVisitor(browser, site, options);
      const look = async (name) => {
        const all = [...(await violations(page)), ...(await lossAtTwiceTheSize(page)), ...(await unseenInForcedColors(page)), ...(await movesInReducedMotion(page))];
        found.push(...all.map((one) => `${options.locale} ${name}: ${one}`));
      };
      await page.goto('/#open=no-such-code');
      await page.locator('.message-page .button').waitFor();
      await look('redeem');
      await page.locator('.message-page .button').click();
      await page.locator('#user').waitFor();
      await page.locator('form.sign-in button[type="submit"]').click();
      await look('sign-in');
      await signInAs(page, 'edsger');
      await look('catalogue');
      await page.goto('/#/account');
      await page.locator('.account-section').first().waitFor();
      await look('account');
      await page.locator('.account-section .account-do button').first().click();
      await page.getByRole('dialog').waitFor();
      await look('account dialog');
      await page.keyboard.press('Escape');
      await page.goto('/#/s/no-such-app');
      await page.locator('.cover.ended').waitFor();
      await look('forbidden');
      await page.goto('/');
      await page.locator('.tile-open').first().click();
      await whenLive(page);
      await look('session');
      await page.keyboard.press('Control+Alt+Shift+M');
      await page.locator('dialog.menu[open]').waitFor();
      for (const summary of await page.locator('dialog.menu summary').all()) await summary.click();
      await look('menu');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Alt+Shift+I');
      await page.locator('.figures:not([hidden])').waitFor();
      await look('figures');
      await page.context().close();
    }
    assert.equal([...new Set(found)].join('\n'), '');
  });

  describe('as an app of the device', () => {
    let profile, page;
    const kept = () => page.evaluate(async () => {
      const found = [];
      for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
      return found;
    });
    before(async () => {
      profile = await launchProfile(site);
      page = await profile.newPage();
      await page.goto('/');
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await until('it is in charge', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
    });
    after(async () => { await profile?.close(); });

    test('Vitrine can be installed, and each app by its own address and only by those who may open it', async () => {
      const devtools = await profile.newCDPSession(page);
      const installable = async (id) => {
        await until(`${id} can be installed`, async () => {
          const { data, errors } = await devtools.send('Page.getAppManifest');
          if (!data || errors.length > 0) throw new Error(`${data} ${JSON.stringify(errors)}`);
          const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
          const manifest = JSON.parse(data);
          if (manifest.id !== id) throw new Error(`the manifest is of ${manifest.id}`);
          if (installabilityErrors.length > 0) {
            // Chromium remembers for a page that a picture did not come in time.
            await page.reload();
            throw new Error(JSON.stringify(installabilityErrors));
          }
          return true;
        });
        return JSON.parse((await devtools.send('Page.getAppManifest')).data);
      };
      await installable('/');
      await signInAs(page, 'ada');
      const own = await until('the manifest is ada\'s', async () => {
        const manifest = await installable('/');
        return manifest.shortcuts && manifest;
      });
      assert.deepEqual(own.screenshots.map(({ form_factor: form }) => form), ['wide', 'narrow']);
      for (const { src, type } of own.screenshots) assert.equal(await page.evaluate((address) => fetch(address).then(({ headers }) => headers.get('content-type')), src), type);
      assert.ok(own.shortcuts.some(({ url }) => url === '/?app=mousepad#/s/mousepad'), JSON.stringify(own.shortcuts));
      await page.goto('/?app=mousepad#/s/mousepad');
      await whenLive(page);
      const app = await installable('/?app=mousepad');
      assert.equal(app.start_url, '/?app=mousepad#/s/mousepad');
      assert.equal(await page.evaluate(() => fetch('/api/manifest/no-such-app').then((answer) => answer.status)), 404);
    });

    test('nothing of a session, the API or a user is kept, and signing out leaves nothing', async () => {
      assert.equal(await page.evaluate(() => fetch('/sw.js').then(({ headers }) => headers.get('cache-control'))), 'no-cache', 'a new version is noticed');
      for (const address of await kept()) assert.match(address, /^\/assets\/[\w-]+-[A-Z2-7]{8}\.(js|css|wasm)$|^\/(offline\.html)?$/);
      for (const one of ['/', '/offline.html']) assert.ok((await kept()).includes(one));
      await page.goto('/');
      await page.locator('.account button').click();
      await page.locator('dialog .button.primary, dialog .button.danger').click();
      await shown(page, 'sign-in');
      const left = await page.evaluate(() => ({ local: Object.keys(localStorage).filter((one) => one.includes('signed-in')), session: { ...sessionStorage }, cookie: document.cookie }));
      assert.deepEqual(left, { local: [], session: {}, cookie: '' });
      for (const address of await kept()) assert.doesNotMatch(address, /api/);
    });

    test('a new version comes whole, takes over when the person wants it, and reloads nothing by itself', async () => {
      await page.evaluate(() => { window.sinceWhen = 'before'; });
      const { old, next } = await publishNext(client);
      await page.evaluate(() => navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => undefined));
      const offer = page.locator('.toast', { hasText: 'A new version of this page is ready.' });
      await offer.waitFor();
      assert.equal(await page.evaluate(() => window.sinceWhen), 'before', 'the page is as it was');
      assert.ok((await kept()).includes(next), 'all of the new version is there before it takes over');
      assert.ok((await kept()).includes(old));
      await offer.getByRole('button', { name: 'Reload' }).click();
      await until('the new version is shown', () => page.evaluate(() => window.isNew === true));
      await page.locator('#user').waitFor();
    });

    test('without the server there is a page that says so in the person\'s language, and goes when it is back', async () => {
      await page.locator('#language').selectOption('de');
      await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
      site.up.kill('SIGINT');
      await site.exited;
      await page.goto('/#/account').catch(() => undefined);
      await page.reload().catch(() => undefined);
      await page.getByRole('heading', { name: 'Vitrine ist nicht erreichbar' }).waitFor();
      assert.deepEqual(await violations(page), []);
      Object.assign(site, await Site.start({ data: site.data, listen: new URL(site.url).host, more: ['--client', client] }), { ownsData: true });
      await page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
      await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
    });
  });
});
