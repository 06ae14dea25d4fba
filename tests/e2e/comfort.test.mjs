// Session comfort: the settings of the device, the clipboard's panel, large transfers, PRIMARY, screenshots, the screen kept
// on, a page that slept, and what a desktop knows of its user's place.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, screenshot, signIn, state, whenLive } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

describe('comfort', () => {
  let site, browser, page;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    page = await newVisitor(browser, site);
    await signIn(page, 'ada', 'correct horse battery');
    await openResource(page, 'text editor|mousepad');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const openMenu = async (one = page) => {
    await one.keyboard.press('Control+Alt+Shift+m');
    await one.locator('dialog.menu[open]').waitFor();
  };
  const choose = async (name, one = page) => {
    await openMenu(one);
    await one.getByRole('button', { name }).click();
  };

  test('what is chosen for the device holds at once, and after a reload', async () => {
    await until('the screen is kept on', async () => (await state(page)).awake === 'true');
    await choose(/settings of this device/i);
    await screenshot(page, 'settings-desktop');
    await page.getByRole('switch', { name: /keep the screen on/i }).uncheck();
    await until('the screen is let go', async () => (await state(page)).awake === 'false');
    await page.getByLabel('Size').last().selectOption({ label: '150 %' });
    await page.getByRole('button', { name: 'Show again' }).click();
    await page.getByText('Hints will be shown again.').waitFor();
    await page.locator('dialog.settings').getByRole('button', { name: 'Close' }).click();
    await page.reload();
    await whenLive(page);
    assert.equal((await state(page)).awake, undefined);
    await choose(/settings of this device/i);
    assert.equal(await page.getByRole('switch', { name: /keep the screen on/i }).isChecked(), false);
    assert.equal(await page.locator('dialog.settings').getByLabel('Size').inputValue(), '1.5');
    await page.getByRole('switch', { name: /keep the screen on/i }).check();
    await page.locator('dialog.settings').getByLabel('Size').selectOption({ label: '100 %' });
    await page.keyboard.press('Escape');
    await until('the screen is kept on', async () => (await state(page)).awake === 'true');
    assert.deepEqual(page.problems, []);
  });
});
