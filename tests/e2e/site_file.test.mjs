// A site as a file, by the program itself: what is applied comes back, twice is once, and what is wrong has its line.
import assert from 'node:assert/strict';
import { chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { account, Site } from './site.mjs';

const kSite = `
groups:
  staff: {members: [ada]}
providers:
  corp:
    kind: oidc
    settings: {issuer: "https://login.example.org", client_id: vitrine}
    secret: {file: corp.secret}
pools:
  desktop: {name: Desktop, kind: floating, max: 8}
  lab: {kind: disposable, message: "Ask at the desk: room 7"}
apps:
  notes: {pool: lab, command: [mousepad]}
grants:
  notes: {groups: [staff]}
policies:
  site: {idle_limit: 2h}
  grants:
    notes: {groups: {staff: {view_only: yes}}}
`;

let site, file;
before(async () => {
  site = await Site.start();
  await site.addUser('ada', 'correct horse battery');
  file = path.join(site.data, 'site.yaml');
  write('corp.secret', 'a word nobody knows\n');
});
after(() => site?.stop());

function write(name, text) {
  writeFileSync(path.join(site.data, name), text);
  if (account.uid !== undefined) chownSync(path.join(site.data, name), account.uid, account.gid);
}
const apply = async (text, ...words) => {
  write('site.yaml', text);
  return site.vitrine(['apply', '-f', file, ...words]);
};

test('a dry run tells each value that would change, and changes nothing', async () => {
  const before = await site.vitrine(['export']);
  const told = await apply(kSite, '--dry-run');
  assert.match(told, /^\+ providers corp$/m);
  assert.match(told, /^ {4}settings\.issuer: https:\/\/login\.example\.org$/m);
  assert.match(told, /^~ pools desktop\n(?: {4}.*\n)* {4}kind: persistent -> floating$/m);
  assert.match(told, /^~ policies grants\n {4}notes\.groups\.staff\.view_only: true$/m);
  assert.match(told, /changes would be made\.$/m);
  assert.doesNotMatch(told, /nobody knows/);
  assert.equal(await site.vitrine(['export']), before);
});

test('what is exported changes nothing when it is applied, and tells no secret', async () => {
  await apply(kSite);
  const exported = await site.vitrine(['export']);
  assert.match(exported, /file: corp\.secret/);
  assert.doesNotMatch(exported, /nobody knows/);
  assert.match(await apply(exported), /^Everything is as .*site\.yaml says\.$/m);
  assert.equal(await site.vitrine(['export']), exported);
});

test('another secret is noticed and not shown', async () => {
  write('corp.secret', 'another word\n');
  const told = await apply(kSite);
  assert.match(told, /^~ providers corp\n {4}secret\.value: \(another\)$/m);
  assert.doesNotMatch(told, /another word/);
});

test('what is wrong is named with file, line, field and what is allowed', async () => {
  const refused = async (text, expected) => {
    const error = await apply(text).then(() => assert.fail('it was applied'), (failed) => failed);
    assert.match(error.stderr, expected);
    assert.match(error.stderr, /Nothing was changed\./);
  };
  await refused('pools:\n  lab: {spars: 2}\n', /site\.yaml:2:9: pools\.lab\.spars: It is not known here; there are .*spares/);
  await refused('policies:\n  site:\n    idle_limit: soon\n', /site\.yaml:3:5: policies\.site\.idle_limit: .* like 90s, 15m, 8h or 1d, or none/);
  await refused('providers:\n  corp: {kind: oidc, settings: {}, secret: hunter2}\n', /site\.yaml:2:\d+: providers\.corp/);
  await refused('providers:\n  corp: {kind: oidc, settings: {}, secret: {env: VITRINE_NO_SUCH}}\n', /secret\.env: The variable VITRINE_NO_SUCH is not set/);
});
