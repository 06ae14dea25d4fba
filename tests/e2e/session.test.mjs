// The journey of a user: sign in, open, work, resize, leave, come back elsewhere, sign out.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, signIn, state, whenExact, whenLive } from './browser.mjs';
import { Site, alive, processes } from './site.mjs';
import { until } from './until.mjs';

describe('a user with a desktop and apps', () => {
  let site, browser, page;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    page = await newVisitor(browser, site);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('the first start prints the administrator and a password that works', async () => {
    const printed = site.match(/admin\S*\s.*?password:?\s+(\S+)/is);
    assert.ok(printed, `no administrator password in: ${site.output.join('\n')}`);
    const visitor = await newVisitor(browser, site);
    await signIn(visitor, 'admin', printed[1]);
    await visitor.getByRole('heading').first().waitFor();
    await until('the catalogue is shown', async () => (await state(visitor)).page === 'catalogue');
    await visitor.context().close();
  });

  test('wrong passwords get one answer for known and unknown users', async () => {
    const answers = [];
    for (const name of ['ada', 'nobody-of-this-name']) {
      await signIn(page, name, 'not the password');
      const alert = page.getByRole('alert').filter({ hasText: /\S/ }).first();
      await alert.waitFor();
      answers.push(await alert.textContent());
    }
    assert.equal(answers[0], answers[1]);
  });

  test('the catalogue shows the desktop and at least three apps with icons', async () => {
    await signIn(page, 'ada', 'correct horse battery');
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
    await page.getByRole('img').first().waitFor();
    const { resources } = await page.evaluate(async () => (await fetch('/api/catalogue')).json());
    assert.ok(resources.some((one) => one.kind === 'desktop'));
    assert.ok(resources.filter((one) => one.kind === 'app').length >= 3);
    for (const one of resources) {
      const icon = await page.evaluate(async (url) => {
        const answer = await fetch(url);
        return { ok: answer.ok, type: answer.headers.get('content-type') };
      }, one.icon);
      assert.ok(icon.ok && icon.type.startsWith('image/'), `${one.id}: ${JSON.stringify(icon)}`);
    }
  });

  test('an app opens from its tile and the canvas equals its display', async () => {
    await openResource(page, 'text editor|mousepad');
    const [session] = await until('it is listed as connected', async () => {
      const rows = await site.sessions({ user: 'ada', state: 'connected' });
      return rows.length === 1 && rows;
    });
    await whenExact(page, session);
  });

  test('what is typed, in any script, is what the editor saves', async () => {
    const [session] = await site.sessions({ user: 'ada' });
    const text = 'Vitrine: "quoted" {braces} ~^` äöüß éñ € 你好 12345';
    await page.keyboard.type(text);
    await page.keyboard.press('Control+s');
    const file = path.join(site.data, 'homes/ada', 'typed.txt');
    await until('the save dialog has the focus', async () => /save/i.test(await activeWindow(session)));
    await page.keyboard.press('Control+a');
    await page.keyboard.type(path.basename(file)); // the dialog opens in the home folder
    // GTK ignores Enter until it has looked at the name, and shows that only by the colour of its button.
    await until('the dialog took Enter', async () => {
      await page.keyboard.press('Enter');
      return !/save/i.test(await activeWindow(session));
    }, { everyMs: 250 });
    await until('the file holds the text', async () => (await readFile(file, 'utf8')).trimEnd() === text);
    await whenExact(page, session);
  });

  test('the display follows the window and stays exact', async () => {
    for (const size of [{ width: 1024, height: 768 }, { width: 1366, height: 700 }]) {
      await page.setViewportSize(size);
      const session = await until('the display has the size of the window', async () => {
        const [row] = await site.sessions({ user: 'ada' });
        return row.width === size.width && row.height === size.height && row;
      });
      await whenExact(page, session);
    }
  });

  test('another browser finds the same session as it was left, at its own size', async () => {
    const [before] = await site.sessions({ user: 'ada' });
    await page.context().close();
    await until('the session has no viewer', async () => (await site.sessions({ user: 'ada' }))[0].state === 'disconnected');
    page = await newVisitor(browser, site, { viewport: { width: 900, height: 1000 } });
    await signIn(page, 'ada', 'correct horse battery');
    await openResource(page, 'text editor|mousepad');
    const session = await until('it is the same session, at the new size', async () => {
      const rows = await site.sessions({ user: 'ada' });
      assert.equal(rows.length, 1);
      return rows[0].session === before.session && rows[0].width === 900 && rows[0].height === 1000 && rows[0];
    });
    assert.deepEqual(session.pids.app, before.pids.app);
    await until('the file is still open', async () => (await windowTitles(session)).some((title) => title.includes('typed.txt')));
    await whenExact(page, session);
  });

  test('a link from `vitrine session open` opens the session once', async () => {
    const link = (await site.vitrine(['session', 'open', 'ada', 'mousepad'])).match(/https:\S+/)[0];
    const helper = await newVisitor(browser, site);
    await helper.goto(link);
    await whenLive(helper);
    assert.ok(!helper.url().includes(new URL(link).hash.slice(1)), 'the code stays in the address bar');
    await helper.context().close();
    const second = await newVisitor(browser, site);
    await second.goto(link);
    await until('the second use is refused', async () => /expired|used|no longer/i.test(await second.textContent('body')));
    await second.context().close();
  });

  test('a whole desktop opens beside the app, exact', async () => {
    const desk = await newVisitor(browser, site);
    await signIn(desk, 'ada', 'correct horse battery');
    await openResource(desk, 'desktop');
    const session = await until('both sessions are listed', async () => {
      const rows = await site.sessions({ user: 'ada' });
      return rows.length === 2 && rows.find((row) => row.resource === 'desktop');
    });
    await until('a panel is on the desktop', async () => (await windowTitles(session)).some((title) => /xfce4-panel/i.test(title)));
    await whenExact(desk, session);
    await desk.context().close();
  });

  test('signing out ends the sessions and leaves no process behind', async () => {
    const rows = await site.sessions({ user: 'ada' });
    const pids = rows.flatMap((row) => Object.values(row.pids)).filter(Boolean);
    assert.ok(pids.length >= 8, `few processes: ${JSON.stringify(rows)}`);
    const status = await page.evaluate(async () => {
      const { csrf } = await (await fetch('/api/me')).json();
      return (await fetch('/api/logout', { method: 'POST', headers: { 'X-CSRF-Token': csrf } , body: '{}' })).status;
    });
    assert.equal(status, 204);
    await until('the page says why the session ended', async () => /signed out|ended/i.test(await page.textContent('body')));
    await until('every process of the sessions is gone', () => !pids.some(alive));
    await until('nothing else of them runs', async () => !(await processes()).some((one) => one.command.includes(site.data) && /Xorg|desktop --spec/.test(one.command)));
    await until('none is listed', async () => (await site.sessions({ user: 'ada' })).length === 0);
  });

  test('no page logged an error', () => assert.deepEqual(page.problems, []));
});

// What an X client asked about a session's display printed.
async function ask(session, program, ...words) {
  const env = { ...process.env, DISPLAY: session.display, XAUTHORITY: session.xauthority };
  return (await promisify(execFile)(program, words, { env })).stdout;
}

const activeWindow = (session) => ask(session, 'xdotool', 'getactivewindow', 'getwindowname');

async function windowTitles(session) {
  const tree = await ask(session, 'xwininfo', '-root', '-tree');
  return tree.split('\n').map((line) => line.match(/"(.*?)"/)?.[1]).filter(Boolean);
}
