// Second factors in a real browser: an authenticator app, recovery codes, and a passkey by Chromium's own authenticator.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, signIn, state } from './browser.mjs';
import { Site } from './site.mjs';
import { totp } from './totp.mjs';
import { until } from './until.mjs';

const nowS = () => Date.now() / 1000;

describe('second factors', () => {
  let site, browser;
  before(async () => {
    site = await Site.start();
    // Passkeys need a name; for this machine's own addresses that is localhost.
    site.url = site.url.replace('127.0.0.1', 'localhost');
    browser = await launchBrowser(site);
    for (const name of ['ada', 'grace', 'joan']) await site.addUser(name, 'correct horse battery');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const page = async (name) => until(`the ${name} page`, async () => (await state(visitor)).page === name);
  let visitor;
  const openAccount = async () => {
    await page('catalogue');
    await visitor.getByRole('link', { name: /my account/i }).click();
    await visitor.getByRole('heading', { name: 'Second factor' }).waitFor();
  };

  test('an authenticator app is set up, then asked for, and its codes work once', async () => {
    const early = await newVisitor(browser, site);
    await signIn(early, 'ada', 'correct horse battery');
    await until('signed in', async () => (await state(early)).page === 'catalogue');
    visitor = await newVisitor(browser, site);
    await signIn(visitor, 'ada', 'correct horse battery');
    await openAccount();
    await visitor.getByRole('button', { name: /set up: authenticator app/i }).click();
    await visitor.locator('svg.qr path').waitFor();
    const secret = (await visitor.locator('.by-hand code').textContent()).replaceAll(' ', '');
    await visitor.getByLabel(/six digits it shows/i).fill('000000');
    await visitor.getByRole('button', { name: 'Turn on' }).click();
    await visitor.getByRole('alert').filter({ hasText: /does not fit/ }).waitFor();
    const first = totp(secret, nowS());
    await visitor.getByLabel(/six digits it shows/i).fill(first);
    await visitor.getByRole('button', { name: 'Turn on' }).click();
    await visitor.locator('.codes').waitFor();
    const codes = await visitor.locator('.codes code').allTextContents();
    assert.equal(codes.length, 10);
    await visitor.getByRole('button', { name: /i have kept them/i }).click();
    await visitor.getByText('10 of 10 left').waitFor();

    visitor = await newVisitor(browser, site);
    await signIn(visitor, 'ada', 'correct horse battery');
    await visitor.getByRole('heading', { name: 'One more step' }).waitFor();
    assert.equal(await visitor.evaluate(async () => (await fetch('/api/me')).status), 401);
    await visitor.getByLabel('Code', { exact: true }).fill(first);
    await visitor.getByRole('button', { name: 'Confirm' }).click();
    await visitor.getByRole('alert').filter({ hasText: /used already/ }).waitFor();
    // The next step's code is in the window: no need to wait for it.
    await visitor.getByLabel('Code', { exact: true }).fill(totp(secret, nowS() + 30));
    await visitor.getByRole('button', { name: 'Confirm' }).click();
    await page('catalogue');

    visitor = await newVisitor(browser, site);
    await signIn(visitor, 'ada', 'correct horse battery');
    await visitor.getByRole('button', { name: /use a recovery code/i }).click();
    await visitor.getByLabel('Recovery code').fill(codes[0].toUpperCase());
    await visitor.getByRole('button', { name: 'Confirm' }).click();
    await openAccount();
    await visitor.getByText('9 of 10 left').waitFor();

    // A browser that signed in before there was a factor is asked for it in the middle of a change, which then goes on.
    await early.goto('/#/account');
    await early.getByRole('button', { name: 'Make new codes' }).click();
    await early.getByRole('dialog').getByRole('button', { name: 'Make new codes' }).click();
    const proof = early.getByRole('dialog', { name: 'Confirm that it is you' });
    await proof.getByRole('button', { name: /use a recovery code/i }).click();
    await proof.getByLabel('Recovery code').fill(codes[0]);
    await proof.getByRole('button', { name: 'Confirm' }).click();
    await proof.getByRole('alert').filter({ hasText: /used already/ }).waitFor();
    await proof.getByLabel('Recovery code').fill(codes[1]);
    await proof.getByRole('button', { name: 'Confirm' }).click();
    const shown = early.getByRole('dialog', { name: 'Your recovery codes' });
    await shown.waitFor();
    const newer = await shown.locator('code').allTextContents();
    assert.ok(newer.length === 10 && !newer.includes(codes[2]));

    // A fresh second factor lets it be removed without being asked again.
    await visitor.getByRole('button', { name: /remove: authenticator app/i }).click();
    await visitor.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await visitor.getByText('Made when you set up the first second factor').waitFor();
    // Chromium logs each refusal that was asked for; nothing else may be there.
    for (const one of [early, visitor]) assert.deepEqual(one.problems.filter((text) => !/status of 40[13]/.test(text)), []);
  });

  // An authenticator of the browser's own, as a laptop with a fingerprint reader has.
  const withAuthenticator = async (of) => {
    const session = await of.context().newCDPSession(of);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { session, authenticatorId };
  };

  test('a passkey signs in alone, and the same one after a password', async () => {
    visitor = await newVisitor(browser, site);
    const { session, authenticatorId } = await withAuthenticator(visitor);
    await signIn(visitor, 'grace', 'correct horse battery');
    await openAccount();
    await visitor.getByRole('button', { name: 'Add a passkey' }).click();
    await visitor.getByLabel('Name', { exact: true }).fill('Laptop');
    await visitor.getByRole('button', { name: 'Save' }).click();
    await visitor.getByRole('button', { name: /i have kept them/i }).click();
    await visitor.getByText('Laptop', { exact: true }).waitFor();
    const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
    assert.equal(credentials.length, 1);
    assert.equal(credentials[0].rpId, 'localhost');

    const signOut = async () => {
      await visitor.goto('/');
      await page('catalogue');
      await visitor.getByRole('button', { name: 'Sign out' }).click();
      await visitor.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
      await page('sign-in');
    };
    await signOut();
    await visitor.getByRole('button', { name: /use a passkey instead/i }).click();
    await page('catalogue');
    assert.equal((await visitor.evaluate(async () => (await fetch('/api/me')).json())).user.name, 'grace');

    await signOut();
    await signIn(visitor, 'grace', 'correct horse battery');
    await visitor.getByRole('button', { name: 'Use passkey' }).click();
    await openAccount();

    // Without its user verified the browser's authenticator gives nothing that signs in alone.
    await signOut();
    await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await visitor.getByRole('button', { name: /use a passkey instead/i }).click();
    await visitor.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
    assert.equal((await state(visitor)).page, 'sign-in');
    await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });

    await visitor.getByRole('button', { name: /use a passkey instead/i }).click();
    await openAccount();
    assert.deepEqual(visitor.problems.filter((text) => !/status of 40[13]/.test(text)), []);
  });

  test('at an address without a name the page says where passkeys work', async () => {
    visitor = await newVisitor(browser, site, { baseURL: site.url.replace('localhost', '127.0.0.1') });
    await visitor.goto('/');
    await visitor.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await signIn(visitor, 'joan', 'correct horse battery');
    await openAccount();
    await visitor.getByText(/open this page at https:\/\/localhost/i).waitFor();
    assert.equal(await visitor.getByRole('button', { name: 'Add a passkey' }).count(), 0);
  });

  test('whoever must have a second factor sets it up at sign-in', async () => {
    await site.vitrine(['second-factor', 'require', '--user', 'joan']);
    visitor = await newVisitor(browser, site);
    await signIn(visitor, 'joan', 'correct horse battery');
    await visitor.getByRole('heading', { name: 'Set up an authenticator app' }).waitFor();
    const secret = (await visitor.locator('.by-hand code').textContent()).replaceAll(' ', '');
    await visitor.getByLabel(/six digits it shows/i).fill(totp(secret, nowS()));
    await visitor.getByRole('button', { name: 'Turn on' }).click();
    await visitor.getByRole('button', { name: /i have kept them/i }).click();
    await page('catalogue');

    await site.vitrine(['user', 'reset-factors', 'joan']);
    await site.vitrine(['second-factor', 'release', '--user', 'joan']);
    assert.equal(await visitor.evaluate(async () => (await fetch('/api/me')).status), 401);
    await signIn(visitor, 'joan', 'correct horse battery');
    await page('catalogue');
  });

  test('a changed password and signing out the others end other browsers', async () => {
    const other = await newVisitor(browser, site);
    await signIn(other, 'joan', 'correct horse battery');
    await until('signed in', async () => (await state(other)).page === 'catalogue');
    await openAccount();
    await visitor.getByRole('button', { name: /^sign out chrome/i }).first().waitFor();
    await visitor.getByLabel('Present password').fill('correct horse battery');
    await visitor.getByLabel('New password', { exact: true }).fill('a new long password');
    await visitor.getByLabel('New password again').fill('a new long password');
    await visitor.getByRole('button', { name: 'Change password' }).click();
    await visitor.getByText('Your password was changed.').waitFor();
    assert.equal(await other.evaluate(async () => (await fetch('/api/me')).status), 401);
    await signIn(other, 'joan', 'a new long password');
    await until('signed in', async () => (await state(other)).page === 'catalogue');
    await visitor.reload();
    await visitor.getByRole('button', { name: 'Sign out the others' }).click();
    await visitor.getByText('All other browsers were signed out.').waitFor();
    assert.equal(await other.evaluate(async () => (await fetch('/api/me')).status), 401);
    assert.equal(await visitor.evaluate(async () => (await fetch('/api/me')).status), 200);
  });
});
