// Who may open what: entitlements, tickets, origins, openings.
import assert from 'node:assert/strict';
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, signIn, state } from './browser.mjs';
import { openByUpgrade, useTicket } from './raw_link.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

describe('rights', () => {
  let site, browser, ada, eve;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    await site.addUser('eve', 'another long password');
    ada = await newVisitor(browser, site);
    await signIn(ada, 'ada', 'correct horse battery');
    eve = await newVisitor(browser, site);
    await signIn(eve, 'eve', 'another long password');
    for (const page of [ada, eve]) await until('signed in', async () => (await state(page)).page === 'catalogue');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const post = (page, url, body) => page.evaluate(async ([to, what]) => {
    const { csrf } = await (await fetch('/api/me')).json();
    const answer = await fetch(to, {
      method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body: JSON.stringify(what),
    });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }, [url, body]);

  test('a user without entitlement neither sees a resource nor opens it by a copied link', async () => {
    await site.vitrine(['app', 'add', 'secret-notes', '--name', 'Secret Notes', '--command', 'mousepad']);
    await site.vitrine(['app', 'grant', 'secret-notes', '--user', 'ada']);
    await ada.reload();
    await ada.getByText('Secret Notes').first().waitFor();
    const { resources } = await eve.evaluate(async () => (await fetch('/api/catalogue')).json());
    assert.ok(!resources.some((one) => one.id === 'secret-notes'));

    await openResource(ada, 'Secret Notes');
    const copied = ada.url();
    await eve.goto(copied);
    await until('the page refuses', async () => /not|no such|available|permission|access/i.test(await eve.textContent('body')) && (await state(eve)).session !== 'live');
    const unknown = await post(eve, '/api/sessions', { resource: 'no-such-thing', width: 800, height: 600, scale_percent: 100 });
    const hidden = await post(eve, '/api/sessions', { resource: 'secret-notes', width: 800, height: 600, scale_percent: 100 });
    assert.equal(hidden.status, 404);
    assert.equal(hidden.status, unknown.status);
    const [session] = await site.sessions({ user: 'ada' });
    assert.equal((await post(eve, `/api/sessions/${session.session}/ticket`, {})).status, 404);
  });

  test('a link that opens by itself opens what its page could, and nothing for others', async () => {
    const [{ name, value }] = (await ada.context().cookies()).filter((one) => one.name.startsWith('__Host-'));
    const cookie = `${name}=${value}`;
    const csrf = await ada.evaluate(async () => (await (await fetch('/api/me')).json()).csrf);
    const answer = async (how) => { const { type, status, body } = await openByUpgrade(site, { resource: 'secret-notes', ...how }); return { type, status, ...JSON.parse(body) }; };
    const opened = await answer({ cookie, csrf });
    assert.deepEqual([opened.type, opened.status], [11, 200]);
    assert.equal(opened.ticket, undefined, 'the ticket was used at the gateway');
    assert.equal(opened.session.resource, 'secret-notes');
    // A page of another site has the cookie at best, and neither the token nor the origin.
    assert.equal((await openByUpgrade(site, { resource: 'secret-notes', cookie, csrf, origin: 'https://evil.example' })).upgrade, 403);
    assert.equal((await answer({ cookie })).status, 403);
    assert.equal((await answer({ cookie, csrf: 'guess' })).status, 403);
    assert.equal((await answer({ csrf })).status, 401);
    assert.equal((await answer({ cookie, csrf, resource: 'no-such-thing' })).status, 404);
    const [stranger] = (await eve.context().cookies()).filter((one) => one.name.startsWith('__Host-'));
    const strangers = await eve.evaluate(async () => (await (await fetch('/api/me')).json()).csrf);
    const asEve = { cookie: `${stranger.name}=${stranger.value}`, csrf: strangers };
    assert.equal((await answer(asEve)).status, 404);
    assert.equal((await post(eve, '/api/logout', {})).status, 204);
    assert.equal((await answer(asEve)).status, 401, 'what was signed out opens nothing');
  });

  test('a ticket opens a link once', async () => {
    const { body } = await post(ada, '/api/sessions', { resource: 'secret-notes', width: 800, height: 600, scale_percent: 100 });
    const ticket = Buffer.from(body.ticket, 'base64url');
    assert.deepEqual(await useTicket(ada, ticket), { welcome: true });
    const again = await useTicket(ada, ticket);
    assert.equal(again.code, 3);
    assert.match(again.reason, /\S/);
  });

  test('an expired ticket is refused, and so is an altered one', async () => {
    const { body } = await post(ada, '/api/sessions', { resource: 'secret-notes', width: 800, height: 600, scale_percent: 100 });
    const key = createPrivateKey(await readFile(path.join(site.data, 'keys/ticket.pem')));
    const fresh = Buffer.from(body.ticket, 'base64url').subarray(0, -64);
    // A ticket begins with its type (3 bytes), kind, and 16 bytes of id with their length before them; it ends with the
    // seconds it was issued and expires, varints of 5 bytes, three zeros (no terms), an empty address and the generation.
    const expired = Buffer.from(fresh);
    randomBytes(16).copy(expired, 5);
    const seconds = Math.floor(Date.now() / 1000);
    const varint = (n) => Buffer.from([n & 127 | 128, (n >>> 7) & 127 | 128, (n >>> 14) & 127 | 128, (n >>> 21) & 127 | 128, Math.floor(n / 2 ** 28)]);
    varint(seconds - 61).copy(expired, expired.length - 15);
    varint(seconds - 1).copy(expired, expired.length - 10);
    const refused = await useTicket(ada, Buffer.concat([expired, sign(null, expired, key)]));
    assert.equal(refused.code, 3);
    assert.match(refused.reason, /expired/i);

    const altered = Buffer.from(body.ticket, 'base64url');
    altered[altered.length - 70] ^= 1;
    assert.equal((await useTicket(ada, altered)).code, 3);
    assert.deepEqual(await useTicket(ada, Buffer.from(body.ticket, 'base64url')), { welcome: true });
  });

  test('requests without the page\'s token are refused', async () => {
    const status = await ada.evaluate(async () => (await fetch('/api/sessions', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"resource":"desktop","width":1,"height":1,"scale_percent":100}',
    })).status);
    assert.equal(status, 403);
  });
});
