// Signing in where the organisation does: a real OpenID provider and a real directory.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import Provider from 'oidc-provider';
import { launchBrowser, newVisitor, phone, screenshot, signIn, state } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const people = {
  ada: { preferred_username: 'Ada', name: 'Ada Lovelace', groups: ['Sales Team', 'Staff'] },
  admin: { preferred_username: 'admin', name: 'Not the local one', groups: [] },
};

// On "localhost", which is another site than the "127.0.0.1" of Vitrine: cookies and redirects behave as in real life.
async function startOpenIdProvider(site) {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://localhost:${server.address().port}`;
  const ca = await readFile(path.join(site.data, 'tls/cert.pem'));
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'vitrine',
      client_secret: 'a secret with spaces & signs',
      redirect_uris: [`${site.url}/api/sign-in/corp/return`],
      post_logout_redirect_uris: [`${site.url}/`],
      backchannel_logout_uri: `${site.url}/api/sign-in/corp/logout`,
      backchannel_logout_session_required: true,
    }],
    pkce: { methods: ['S256'], required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'], email: ['email'] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
    cookies: { keys: ['for this test only'] },
    findAccount: (_context, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    httpOptions: () => ({ agent: new https.Agent({ ca }), signal: AbortSignal.timeout(20_000) }),
  });
  server.on('request', provider.callback());
  return { issuer, stop: () => { server.closeAllConnections(); server.close(); } };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const person = (uid) => `dn: cn=${uid},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
cn: ${uid}
sn: ${uid}
uid: ${uid}
userPassword: ${uid} of the directory

`;

// OpenLDAP with the certificate of the site, which is made out to 127.0.0.1 too.
async function startDirectory(site) {
  const folder = mkdtempSync(path.join(tmpdir(), 'slapd-'));
  mkdirSync(path.join(folder, 'data'));
  writeFileSync(path.join(folder, 'slapd.conf'), `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
TLSCertificateFile ${site.data}/tls/cert.pem
TLSCertificateKeyFile ${site.data}/tls/key.pem
database mdb
suffix "dc=example,dc=org"
directory ${folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=reader,ou=people,dc=example,dc=org" read by * none
`);
  writeFileSync(path.join(folder, 'all.ldif'), `dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

${person('reader')}${person('grace')}dn: cn=navy,dc=example,dc=org
objectClass: groupOfNames
cn: navy
member: cn=grace,ou=people,dc=example,dc=org

dn: cn=fleet,dc=example,dc=org
objectClass: groupOfNames
cn: fleet
member: cn=navy,dc=example,dc=org
`);
  const loaded = spawnSync('slapadd', ['-q', '-f', `${folder}/slapd.conf`, '-l', `${folder}/all.ldif`], { encoding: 'utf8' });
  assert.equal(loaded.status, 0, loaded.stderr);
  const { child, url } = await listening(folder);
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
}

// It cannot be asked for any free port, and one that was free a moment ago may be taken.
async function listening(folder) {
  for (;;) {
    const port = await freePort();
    const url = `ldaps://127.0.0.1:${port}`;
    const child = spawn('slapd', ['-d', '0', '-f', `${folder}/slapd.conf`, '-h', url], { stdio: 'ignore' });
    await until('slapd listens, or has ended', async () => child.exitCode !== null || answers(port));
    if (child.exitCode === null) return { child, url };
    assert.ok((await answers(port)), 'slapd does not start, though the port is free');
  }
}

const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); }).on('error', () => resolve(false));
});

describe('signing in elsewhere', () => {
  let site, browser, openid, directory;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    openid = await startOpenIdProvider(site);
    directory = await startDirectory(site);
    await site.vitrine(['provider', 'add', 'oidc', 'corp', '--name', 'Corp', '--issuer', openid.issuer, '--client-id', 'vitrine',
      '--client-secret-stdin', '--group-map', 'Sales Team=sales'], 'a secret with spaces & signs\n');
  });
  after(async () => {
    await browser?.close();
    openid?.stop();
    await directory?.stop();
    await site?.stop();
  });

  const me = (page) => page.evaluate(async () => (await fetch('/api/me')).status);

  // From our page to the provider's form and back.
  async function signInAtCorp(page, name) {
    await page.getByRole('button', { name: 'Sign in with Corp' }).click();
    await page.locator('input[name=login]').fill(name);
    await page.locator('input[name=password]').fill('anything');
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  // Pages of the provider want fonts of the network, which would be errors of the page.
  async function visit() {
    const page = await newVisitor(browser, site);
    await page.route((url) => !['127.0.0.1', 'localhost'].includes(url.hostname), (route) => route.fulfill({ status: 200, body: '' }));
    return page;
  }

  test('the provider is tested step by step', async () => {
    const steps = await site.vitrine(['provider', 'test', 'corp']);
    assert.match(steps, /ok\s+discovery/);
    assert.match(steps, /ok\s+keys/);
  });

  test('a user signs in there, with name and groups, and the address keeps no trace', async () => {
    const page = await visit();
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in with Corp' }).waitFor();
    await screenshot(page, 'sign-in-services');
    await signInAtCorp(page, 'ada');
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
    assert.ok(!/code|state/.test(page.url()), page.url());
    await page.getByText('Ada Lovelace').first().waitFor();
    const users = await site.vitrine(['user', 'list']);
    assert.match(users, /^ada\s+Ada Lovelace\s+no\s+sales, staff/m);
    const cookies = await page.context().cookies(site.url);
    const session = cookies.find((one) => one.name === '__Host-vitrine');
    assert.deepEqual([session.sameSite, session.httpOnly, session.secure], ['Strict', true, true]);
    assert.ok(!cookies.some((one) => one.name === '__Host-vitrine-return'), 'the memory of the way there is gone');
    assert.deepEqual(page.problems, []);

    // Signing out here signs out there, and comes back.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: /yes, sign me out/i }).click();
    await until('our own page is back', async () => page.url().startsWith(site.url) && (await state(page)).page === 'sign-in');
    await page.context().close();
  });

  test('leaving the provider ends the session here', async () => {
    const page = await visit();
    await page.goto('/');
    await signInAtCorp(page, 'ada');
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
    const there = await page.context().newPage();
    await there.goto(`${openid.issuer}/session/end`);
    await there.getByRole('button', { name: /yes, sign me out/i }).click();
    await until('the web session is over', async () => (await me(page)) === 401);
    await page.context().close();
  });

  test('a sign-in that is cancelled says so, and a name that is taken is refused', async () => {
    const page = await visit();
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in with Corp' }).click();
    await page.getByText(/cancel/i).click();
    await until('the page says what happened', async () => /cancelled at the sign-in service/.test(await page.textContent('body')));
    await screenshot(page, 'sign-in-cancelled');
    await signInAtCorp(page, 'admin');
    await until('the page says why', async () => /belongs to another user here/.test(await page.textContent('body')));
    assert.equal(await me(page), 401);
    await page.context().close();
  });

  test('an answer that was meant for another browser signs nobody in', async () => {
    const page = await newVisitor(browser, site);
    await page.goto(`/api/sign-in/corp/return?code=stolen&state=stolen&iss=${encodeURIComponent(openid.issuer)}`);
    await until('the page refuses', async () => /not begun in this browser/.test(await page.textContent('body')));
    assert.equal(await me(page), 401);
    assert.ok(!page.url().includes('stolen'), page.url());
    await page.context().close();
  });

  test('a user of the directory signs in by the form, with groups in groups, until disabled', async () => {
    await site.vitrine(['provider', 'add', 'ldap', 'office', '--url', directory.url, '--base', 'dc=example,dc=org',
      '--bind-dn', 'cn=reader,ou=people,dc=example,dc=org', '--bind-password-stdin', '--ca-file', path.join(site.data, 'tls/cert.pem')],
    'reader of the directory\n');
    const steps = await site.vitrine(['provider', 'test', 'office', '--user', 'grace']);
    assert.match(steps, /ok\s+groups\s+2 groups: fleet, navy/);
    const page = await newVisitor(browser, site, { ...phone, colorScheme: 'dark' });
    await signIn(page, 'grace', 'wrong');
    await until('refused', async () => /not right/.test(await page.textContent('body')));
    await screenshot(page, 'sign-in-services-phone-dark');
    await signIn(page, 'grace', 'grace of the directory');
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
    assert.match(await site.vitrine(['user', 'list']), /^grace\s.*fleet, navy/m);
    await site.vitrine(['user', 'disable', 'grace']);
    assert.equal(await me(page), 401);
    await page.context().close();
  });
});
