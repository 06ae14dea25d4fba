// Administration in the browser: by somebody who has never seen it, by keyboard alone, and not by anybody else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { furnishSite, goTo, openAdmin, password, settled, somebodyWorks } from './admin_site.mjs';
import { launchBrowser, newVisitor, openResource, phone, signIn, state, whenLive } from './browser.mjs';
import { Site } from './site.mjs';
import { movesInReducedMotion, unseenInForcedColors, violations } from './axe.mjs';
import { until } from './until.mjs';

// The row of a table that has the focus, by its first cell.
const focusedRow = (page) => page.evaluate(() => document.activeElement?.closest('tr')?.querySelector('.row-name')?.textContent ?? '');

describe('administration', () => {
  let site, browser, boss;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await furnishSite(site);
    boss = await newVisitor(browser, site);
    await openAdmin(boss);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('an ordinary user gets neither the pages nor an answer', async () => {
    const ada = await newVisitor(browser, site);
    await signIn(ada, 'ada', password);
    await until('the catalogue is shown', async () => (await state(ada)).page === 'catalogue');
    assert.equal(await ada.getByRole('link', { name: 'Administration' }).count(), 0);
    await ada.goto('/admin');
    await ada.getByRole('heading', { name: 'This is for administrators' }).waitFor();
    assert.equal(await ada.getByRole('navigation').count(), 0);
    const statuses = await ada.evaluate(async () => Promise.all(
      ['live', 'users', 'groups', 'resources', 'sessions', 'reports', 'programs', 'settings', 'resources/mousepad/icon', 'live/x']
        .map(async (name) => (await fetch(`/api/admin/${name}`)).status)));
    assert.deepEqual([...new Set(statuses)], [403]);
    await ada.context().close();
  });

  test('who is not signed in is asked to, and comes back', async () => {
    const page = await newVisitor(browser, site);
    await page.goto('/admin');
    await page.getByRole('button', { name: /^sign in/i }).waitFor();
    await page.getByLabel(/user name/i).fill('boss');
    await page.getByLabel(/^password/i).fill(password);
    await page.getByRole('button', { name: /^sign in/i }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/admin');
    await page.context().close();
  });

  test('a newcomer adds a user, publishes an app and grants it, and the user opens it', async () => {
    await goTo(boss, '/');
    await boss.getByRole('button', { name: /Add a user/ }).click();
    let dialog = boss.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await dialog.getByText('This is needed.').waitFor();
    await dialog.getByLabel('User name').fill('Radia');
    await dialog.getByLabel('Name', { exact: true }).fill('Radia Perlman');
    await dialog.getByRole('button', { name: 'Add user' }).click();
    const secret = await boss.getByRole('dialog', { name: 'Password of radia' }).getByLabel('Password', { exact: true }).inputValue();
    assert.ok(secret.length >= 12, 'a password was made up and is shown');
    await boss.keyboard.press('Enter');
    assert.ok(await boss.getByRole('dialog', { name: 'Password of radia' }).isVisible(), 'an Enter too many does not take it away');
    await boss.getByRole('button', { name: 'I have noted it' }).click();
    await boss.getByText('radia was added.').waitFor();

    await boss.getByRole('button', { name: /Publish an app/ }).click();
    dialog = boss.getByRole('dialog');
    await dialog.getByLabel('Program').selectOption({ label: 'Galculator' });
    await dialog.getByText('this can be published').waitFor();
    await dialog.getByLabel('Name shown to users').fill('Sums');
    await dialog.getByRole('button', { name: 'Publish app' }).click();
    await boss.getByText('Sums was published.').waitFor();
    assert.match(await site.vitrine(['app', 'list']), /\bsums\b/);

    const radia = await newVisitor(browser, site);
    await signIn(radia, 'radia', secret);
    await until('the catalogue is shown', async () => (await state(radia)).page === 'catalogue');
    await radia.getByRole('button', { name: 'Text Editor' }).waitFor();
    assert.equal(await radia.getByRole('button', { name: 'Sums' }).count(), 0);

    await boss.getByRole('button', { name: /Grant it/ }).click();
    dialog = boss.getByRole('dialog');
    await dialog.getByLabel('What').selectOption({ label: 'Sums' });
    await dialog.getByLabel('To', { exact: true }).selectOption({ label: 'Radia Perlman (radia)' });
    await dialog.getByRole('button', { name: 'Grant' }).click();
    await boss.getByText('Sums was granted to radia.').waitFor();

    await radia.reload();
    await openResource(radia, 'Sums');
    await until('it is listed as connected', async () => (await site.sessions({ user: 'radia', resource: 'sums', state: 'connected' })).length === 1);
    await radia.context().close();
  });

  test('what is taken is said at its field, and a name is as long in every script', async () => {
    await goTo(boss, '/users');
    await boss.getByRole('button', { name: 'Add user' }).click();
    const dialog = boss.getByRole('dialog');
    const name = dialog.getByLabel('User name');
    const shown = dialog.getByLabel('Name', { exact: true });
    await name.fill('ada');
    await shown.fill('م'.repeat(101));
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await dialog.getByText('100 characters at most.').waitFor();
    await shown.fill('🖥'.repeat(100));
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await dialog.getByText('There is a user "ada" already.').waitFor();
    assert.equal(await name.getAttribute('aria-invalid'), 'true');
    assert.ok(await name.evaluate((field) => field === document.activeElement), 'the field has the focus');
    await name.fill('screens');
    await dialog.getByLabel('Password').fill(password);
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await boss.getByText('screens was added.').waitFor();
    await site.vitrine(['user', 'remove', 'screens']);
  });

  test('a draft that could not start says so before it is published', async () => {
    await goTo(boss, '/apps');
    await boss.getByRole('button', { name: 'Publish app' }).click();
    const dialog = boss.getByRole('dialog');
    await dialog.getByLabel('Name shown to users').fill('Files');
    await dialog.getByLabel('Command').fill('no-such-program-here --now');
    await dialog.getByText('There is an app "files" already.').waitFor();
    await dialog.getByLabel('Name shown to users').fill('Nothing');
    await dialog.getByText('the program no-such-program-here is missing').waitFor();
    await dialog.getByLabel('Command').fill('sh "-c');
    await dialog.getByRole('button', { name: 'Publish app' }).click();
    await dialog.getByText('A quotation mark is not closed.').waitFor();
    await boss.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a session appears by itself; a message reaches it, and it is disconnected and ended', async () => {
    await goTo(boss, '/sessions');
    const row = boss.getByRole('row', { name: /Ada Lovelace/ });
    assert.equal(await row.count(), 0);
    const ada = await somebodyWorks(browser, site, 'ada');
    await row.getByText('In use').waitFor();
    assert.match(await row.textContent(), /127\.0\.0\.1/);
    assert.match(await row.textContent(), /Chrome on Linux/);
    await row.getByRole('link').click();
    await boss.getByRole('heading', { name: 'Text Editor of Ada Lovelace' }).waitFor();

    await boss.getByRole('button', { name: 'Send a message' }).click();
    await boss.getByRole('dialog').getByLabel('Message').fill('We restart at noon.');
    await boss.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await ada.getByText('We restart at noon.').waitFor();

    await boss.getByRole('button', { name: 'Disconnect' }).click();
    await boss.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
    await ada.getByText('An administrator disconnected you.').waitFor();
    await boss.getByText('Left open').first().waitFor();
    const [before] = await site.sessions({ user: 'ada' });
    const link = boss.getByRole('link', { name: 'Ada Lovelace (ada)' });
    await link.focus();
    await ada.getByRole('button', { name: 'Use it here' }).click();
    await whenLive(ada);
    assert.equal((await site.sessions({ user: 'ada' }))[0].session, before.session, 'it went on meanwhile');

    await boss.getByText('In use').first().waitFor();
    assert.ok(await link.evaluate((element) => element === document.activeElement), 'the focus stays where facts are drawn anew');
    await boss.getByRole('button', { name: 'End session' }).click();
    await boss.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    assert.equal((await site.sessions({ user: 'ada' })).length, 1);
    await boss.getByRole('button', { name: 'End session' }).click();
    await boss.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await ada.getByText('An administrator ended this session.').waitFor();
    await boss.getByRole('heading', { name: 'Sessions' }).waitFor();
    await row.waitFor({ state: 'detached' });
    await until('none is listed', async () => (await site.sessions({ user: 'ada' })).length === 0);
    await ada.context().close();
  });

  test('what is taken away can be given back at once', async () => {
    await goTo(boss, '/apps/cad');
    await boss.getByRole('button', { name: 'Take it away from engineering' }).click();
    await boss.getByText('Nobody may open this.').waitFor();
    await boss.getByRole('button', { name: 'Undo' }).click();
    await boss.getByRole('button', { name: 'Take it away from engineering' }).waitFor();
    assert.match(await site.vitrine(['app', 'list']), /cad.*engineering/);
  });

  test('changes made elsewhere are shown without a reload, and the focus stays', async () => {
    await goTo(boss, '/users');
    await boss.getByRole('link', { name: /Grace Hopper/ }).focus();
    await site.addUser('alan', password, '--display-name', 'Alan Kay');
    await boss.getByRole('link', { name: /Alan Kay/ }).waitFor();
    assert.match(await focusedRow(boss), /Grace Hopper/);
    await site.vitrine(['user', 'remove', 'alan']);
    await boss.getByRole('link', { name: /Alan Kay/ }).waitFor({ state: 'detached' });
    assert.match(await focusedRow(boss), /Grace Hopper/);
  });

  test('the keyboard alone is enough', async () => {
    const page = await newVisitor(browser, site);
    await openAdmin(page);
    await page.reload();
    await until('the page is shown', async () => (await state(page)).page === 'admin');
    await settled(page);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    await page.keyboard.press('Tab');
    await until('the way over the bar has the focus', async () => (await focused()) === 'Skip to the content');
    await page.keyboard.press('Enter');
    await until('the content has the focus', () => page.evaluate(() => document.activeElement.id === 'content'));
    await page.getByRole('navigation').getByRole('link', { name: 'Users' }).focus();
    await page.keyboard.press('Enter');
    await settled(page);
    await until('the new page has the focus', async () => (await focused()) === 'Users');
    await until('the list has come', async () => (await page.locator('tbody tr').count()) > 5);
    await page.keyboard.press('/');
    await until('the search has the focus', () => page.evaluate(() => document.activeElement.tagName === 'INPUT'));
    await page.keyboard.type('lovel');
    await until('one row is left', async () => (await page.locator('tbody tr').count()) === 1);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await until('all rows are back', async () => (await page.locator('tbody tr').count()) > 5);

    await page.locator('.row-name[tabindex="0"]').focus();
    const rows = await page.locator('tbody tr .row-name').allTextContents();
    const goes = async (key, row) => {
      await page.keyboard.press(key);
      await until(`${key} goes to ${row}`, async () => (await focusedRow(page)) === row);
    };
    await until('the first row has the focus', async () => (await focusedRow(page)) === rows[0]);
    await goes('ArrowDown', rows[1]);
    await goes('End', rows.at(-1));
    await goes('Home', rows[0]);
    await goes('ArrowUp', rows[0]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Facts' }).waitFor();
    await until('the page of one has the focus', () => page.evaluate(() => document.activeElement.tagName === 'H1'));

    await goTo(page, '/groups');
    await page.getByRole('button', { name: 'Add group' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await until('its field has the focus', () => page.evaluate(() => document.activeElement.labels?.[0]?.textContent === 'Group'));
    await page.keyboard.type('typists');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'typists' }).waitFor();
    assert.match(await site.vitrine(['group', 'list']), /typists/);
    await page.context().close();
  });

  test('among ten thousand users one is found by typing', async () => {
    const page = await newVisitor(browser, site);
    const more = Array.from({ length: 10_000 }, (_, i) => ({ name: `user${i}`, display_name: `Person ${i}`, admin: false, disabled: false, groups: [], created_s: 1_790_000_000, provider: 'local' }));
    await openAdmin(page);
    const users = await page.evaluate(async () => (await (await fetch('/api/admin/users')).json()).users);
    await page.route(/api\/admin\/users(\?|$)/, (route) => route.fulfill({ json: { users: [...users, ...more], next: null } }));
    await goTo(page, '/users');
    await page.getByText(/^1–25 of 10.?0\d\d$/).waitFor();
    await page.locator('.row-name[tabindex="0"]').focus();
    await page.keyboard.press('PageDown');
    assert.match(await page.locator('.table-status').textContent(), /^26–50 of/);
    assert.ok(await focusedRow(page), 'a row has the focus');
    await page.keyboard.press('/');
    await page.keyboard.type('person 9876');
    await until('one row is left', async () => (await page.locator('tbody tr').count()) === 1);

    await goTo(page, '/access');
    await page.getByRole('button', { name: 'Grant', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What').selectOption({ label: 'Drafting' });
    await dialog.getByLabel('To', { exact: true }).fill('nobody of this name');
    await dialog.getByRole('button', { name: 'Grant' }).click();
    await dialog.getByText('Choose one of those that are offered.').waitFor();
    await dialog.getByLabel('To', { exact: true }).fill('grace hopper (grace)');
    await dialog.getByRole('button', { name: 'Grant' }).click();
    await page.getByText('Drafting was granted to grace.').waitFor();
    assert.match(await site.vitrine(['app', 'list']), /cad.*grace/);
    await site.vitrine(['app', 'revoke', 'cad', '--user', 'grace']);
    await page.context().close();
  });

  test('what could not be had is said, and can be asked for again', async () => {
    const page = await newVisitor(browser, site);
    await openAdmin(page);
    const broken = /api\/admin\/(groups|users)/;
    let asked = 0; // the same sentence is said once while it stands
    await page.route(broken, (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: `{"detail":"The store is full (${++asked})."}` }));
    const go = (place) => page.evaluate((hash) => { location.hash = hash; }, place);
    // Of an answer that came after this many.
    const saidSince = async (before) => (await page.getByText('The store is full').allTextContents()).some((one) => Number(/\((\d+)\)/.exec(one)?.[1]) > before);
    await go('#/groups');
    await until('the page says what could not be had', () => saidSince(0));
    await go('#/apps');
    const beforeButton = asked;
    await page.getByRole('button', { name: 'Publish app' }).click();
    await until('a button that could not begin says so', () => saidSince(beforeButton));
    const beforePage = asked;
    await go('#/groups');
    await until('it is said for this page as well', () => saidSince(beforePage));
    await page.unroute(broken);
    await page.getByRole('button', { name: 'Try again' }).last().click();
    await page.getByRole('link', { name: 'engineering' }).waitFor();
    await page.context().close();
  });

  test('sorting is said and done', async () => {
    await goTo(boss, '/users');
    const header = boss.getByRole('columnheader', { name: 'User' });
    const names = () => boss.locator('tbody .row-name b').allTextContents();
    const rising = await until('the list has come', async () => { const all = await names(); return all.length > 5 && all; });
    assert.equal(await header.getAttribute('aria-sort'), 'ascending');
    await header.getByRole('button').click();
    await until('it says that it falls', async () => (await header.getAttribute('aria-sort')) === 'descending');
    assert.deepEqual(await names(), rising.toReversed());
    await header.getByRole('button').click();
  });

  test('a setting out of its range is refused with the range', async () => {
    await goTo(boss, '/settings');
    const field = boss.getByLabel('Desktops at a time', { exact: true });
    await field.fill('0');
    await boss.getByRole('button', { name: 'Save: Desktops at a time' }).click();
    await boss.getByText('A number from 1 to 100000.').waitFor();
    await field.fill('12');
    await boss.getByRole('button', { name: 'Save: Desktops at a time' }).click();
    await boss.getByText('Saved.').first().waitFor();
    await boss.reload();
    await until('it is kept', async () => (await boss.getByLabel('Desktops at a time', { exact: true }).inputValue()) === '12');
  });

  test('every page passes axe, on a screen and on a phone, light and dark, and is seen in forced colours', { timeout: 900_000 }, async () => {
    const ada = await somebodyWorks(browser, site, 'ada');
    const [{ session }] = await site.sessions({ user: 'ada' });
    const found = [];
    const unseen = async (page) => [...(await unseenInForcedColors(page)), ...(await movesInReducedMotion(page))];
    for (const options of [{ colorScheme: 'light' }, { ...phone, colorScheme: 'dark' }]) {
      const page = await newVisitor(browser, site, options);
      await openAdmin(page);
      const places = await page.evaluate(() => [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href').slice(1)));
      assert.ok(places.length >= 8, places.join(' '));
      for (const place of [...places, `/sessions/${session}`, '/users/ada', '/groups/engineering', '/apps/cad', '/pools/desktop', '/nowhere']) {
        await goTo(page, place);
        found.push(...[...(await violations(page)), ...(await unseen(page))].map((one) => `${options.colorScheme} ${place}: ${one}`));
      }
      for (const [place, name] of [['/users', 'Add user'], ['/apps', 'Publish app'], ['/access', 'Grant']]) {
        await goTo(page, place);
        await page.getByRole('button', { name, exact: true }).first().click();
        await page.getByRole('dialog').waitFor();
        found.push(...[...(await violations(page)), ...(await unseen(page))].map((one) => `${options.colorScheme} ${name}: ${one}`));
        await page.keyboard.press('Escape');
      }
      await page.context().close();
    }
    await ada.context().close();
    assert.equal([...new Set(found)].join('\n'), '');
  });

  test('no page logged an error', () => {
    // What a server cannot do is found out by asking, a name that is taken by trying; browsers log the answers 404 and 409.
    assert.deepEqual(boss.problems.filter((one) => !/404|409/.test(one)), []);
  });
});
