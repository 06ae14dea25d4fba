// A site with enough in it for every administrators' page to have something to show, and the way to those pages.
import { newVisitor, openResource, signIn, state } from './browser.mjs';
import { until } from './until.mjs';

export const password = 'correct horse battery';

// People, groups, an app and what they may open, by the command line.
export async function furnishSite(site) {
  await site.addUser('boss', password, '--admin', '--display-name', 'Bo Ss');
  const people = [['ada', 'Ada Lovelace'], ['grace', 'Grace Hopper'], ['edsger', 'Edsger W. Dijkstra'], ['barbara', 'Barbara Liskov'], ['donald', 'Donald Knuth'],
    ['margaret', 'Margaret Hamilton'], ['dennis', 'Dennis Ritchie']];
  for (const [name, display] of people) await site.addUser(name, password, '--display-name', display);
  for (const group of ['engineering', 'research']) await site.vitrine(['group', 'add', group]);
  for (const name of ['ada', 'grace', 'dennis', 'margaret']) await site.vitrine(['group', 'join', 'engineering', name]);
  for (const name of ['edsger', 'barbara', 'donald']) await site.vitrine(['group', 'join', 'research', name]);
  await site.vitrine(['app', 'add', 'cad', '--name', 'Drafting', '--command', 'no-such-program-here', '--description', 'Draw plans']);
  await site.vitrine(['app', 'grant', 'cad', '--group', 'engineering']);
}

// Signs an administrator in, in any language, and opens the administrators' page at a place such as "/users".
export async function openAdmin(page, place = '/', name = 'boss') {
  await page.goto('/#/admin');
  await page.locator('#user').fill(name);
  await page.locator('#password').fill(password);
  await page.locator('form.sign-in button[type="submit"]').click();
  await until('the administrators\' page is shown', async () => (await state(page)).page === 'admin');
  await goTo(page, place);
}

// Goes to a place and waits until what it shows has come.
export async function goTo(page, place) {
  await page.evaluate((hash) => { location.hash = hash; }, `#${place}`);
  await settled(page);
}

export async function settled(page) {
  await page.locator('main h1').first().waitFor();
  await until('the page has what it shows', () => page.evaluate(() =>
    document.querySelector('main [aria-busy="true"]') === null && [...document.images].every((image) => image.complete || image.loading === 'lazy')));
}

// A desktop session of somebody, in use, with some typing measured.
export async function somebodyWorks(browser, site, name = 'ada', resource = 'text editor') {
  const page = await newVisitor(browser, site);
  await signIn(page, name, password);
  await openResource(page, resource);
  await page.keyboard.type('What is typed is measured.\n');
  return page;
}
