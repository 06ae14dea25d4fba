// Every language says everything: the same sentences, with the same things put in, none empty and none left in English.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bestLanguage, languages } from '../src/check/languages.js';
import { lackWords } from '../src/check/lack_words.js';
import { adminText as adminAr } from '../src/ui/admin/ar/text_admin.js';
import { adminText as adminDe } from '../src/ui/admin/de/text_admin.js';
import { english as adminEnglish } from '../src/ui/admin/text_admin.js';
import { words as wordsAr } from '../src/ui/ar/words.js';
import { words as wordsDe } from '../src/ui/de/words.js';
import { grammar } from '../src/ui/language/grammar.js';
import { locale } from '../src/ui/language/locale.js';
import { translated } from '../src/ui/language/server.js';
import { overlaid } from '../src/ui/language/words.js';
import { english } from '../src/ui/text.js';
import { adminServerWords as adminServerAr } from '../src/ui/admin/ar/text_admin_server.js';
import { adminServerWords as adminServerDe } from '../src/ui/admin/de/text_admin_server.js';
import { adminSentences } from '../src/ui/admin/text_admin_server.js';
import { serverSentences } from '../src/ui/text_server.js';

type Leaf = string | ((...words: never[]) => unknown);

/** Sentences by their path, such as "signIn.title". */
function leaves(tree: object, at = ''): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  for (const [name, value] of Object.entries(tree)) {
    const here = at === '' ? name : `${at}.${name}`;
    if (typeof value === 'object' && value !== null) for (const [below, leaf] of leaves(value, here)) found.set(below, leaf);
    else found.set(here, value as Leaf);
  }
  return found;
}

const catalogues = [
  ['de', 'user', english, wordsDe.user],
  ['de', 'admin', adminEnglish, adminDe],
  ['ar', 'user', english, wordsAr.user],
  ['ar', 'admin', adminEnglish, adminAr],
] as const;

/** Names, units, keys and words that are the same in both languages. */
const kSame = new RegExp(
  '^(|Vitrine|Alt|Super|Esc|Tab|Agent|–|[sdh]|min|[0-9.:,/ ]+)$|Ctrl|' +
  '^(Name|Code|System|Text|Desktops?|Apps?|Pools?|Browser|Start|Administration|OpenID Connect|Client-ID|Scope|Passkeys?|Filter|' +
  'Shift|Del|Print|LDAP directory|vitrine-recovery-codes.txt|clipboard.png)$', 'u');

for (const [code, name, original, translation] of catalogues) {
  test(`${code} has the ${name} pages' sentences, with as much put in, and none of English`, () => {
    const ours = leaves(original);
    const theirs = leaves(translation);
    for (const [at, sentence] of ours) {
      const other = theirs.get(at);
      assert.ok(other !== undefined, `${code} lacks ${at}`);
      assert.equal(typeof other, typeof sentence, at);
      if (typeof sentence === 'string') {
        assert.equal(other === '', sentence === '', `${at} is empty`);
        if (code === 'ar' || sentence.includes(' ')) assert.ok(other !== sentence || kSame.test(sentence) || at.includes('.examples.'), `${code}: ${at} is English: ${sentence}`);
      } else {
        assert.equal((other as { length: number }).length, (sentence as { length: number }).length, `${code}: ${at} takes other arguments`);
      }
    }
    assert.deepEqual([...theirs.keys()].filter((at) => !ours.has(at)), [], `${code} has sentences nobody shows`);
  });
}

test('each file of sentences has its counterpart in every language', () => {
  for (const folder of ['src/ui', 'src/ui/admin']) {
    for (const file of readdirSync(folder).filter((one) => /^text.*\.ts$/.test(one))) {
      for (const { code } of languages.slice(1)) {
        assert.ok(readdirSync(path.join(folder, code)).includes(file), `${folder}/${code}/${file} is missing`);
      }
    }
  }
});

test('the server writes the sentences that are translated by their English', () => {
  // Written in parts there: "{}" of fmt, or pieces joined by "+", so what is between is looked up. Literals broken over
  // two lines are joined first.
  const sources = execFileSync('sh', ['-c', 'cat $(find ../broker ../gateway ../host-agent ../program -name "*.cpp" -o -name "*.h")'], { encoding: 'utf8', maxBuffer: 64 << 20 })
    .replaceAll(/"\s*\n\s*"/g, '').replaceAll('\\"', '"');
  for (const sentence of [...serverSentences, ...adminSentences]) {
    for (const part of sentence.split(/\{\w+\}/)) {
      if (part.length > 3) assert.ok(sources.includes(part), `the server no longer says: ${part}`);
    }
  }
});

test('sentences of the server are translated, with what was put in', () => {
  const { server } = wordsDe;
  assert.equal(translated('This session is over.', server), 'Diese Sitzung ist beendet.');
  assert.equal(translated('It cannot be used from this network (192.0.2.7).', server), 'Aus diesem Netz nicht verwendbar (192.0.2.7).');
  assert.equal(translated('Text+ (new)? is starting.', server), 'Text+ (new)? startet.');
  assert.equal(translated('The hours of this session are over. It can be used from Monday 08:00 (UTC) on.', server), 'Die Zeit dieser Sitzung ist vorbei. Verwendbar ab Montag 08:00 (UTC).');
  assert.equal(translated('Back at nine, says the administrator.', server), 'Back at nine, says the administrator.');
  const layer = 'It is said by the grant of cad to the group staff, the most restrictive of 2 on its level; 3 less specific say otherwise or the same.';
  assert.equal(translated(layer, adminServerDe), 'Das sagt die Freigabe von cad für die Gruppe staff, das Strengste von 2 auf dieser Ebene; 3 weniger genaue sagen anderes oder dasselbe.');
  assert.equal(translated('2 of 4 in use, 1 of 2 spares ready, takes no new sessions', adminServerDe), '2 von 4 benutzt, 1 von 2 in Reserve bereit, nimmt keine neuen Sitzungen an');
  for (const [words, sentences] of [[wordsDe.server, serverSentences], [wordsAr.server, serverSentences], [adminServerDe, adminSentences], [adminServerAr, adminSentences]] as const) {
    assert.deepEqual(Object.keys(words).sort(), [...sentences].sort());
    for (const [sentence, other] of Object.entries(words)) {
      const names = (of: string): string[] => (of.match(/\{\w+\}/g) ?? []).sort();
      assert.deepEqual(names(other), names(sentence));
    }
  }
});

test('what a translation lacks is shown in English', () => {
  const made = overlaid({ a: 'one', b: { c: 'two', d: ['x', 'y'] } }, { b: { d: ['z'] } });
  assert.deepEqual(made, { a: 'one', b: { c: 'two', d: ['z'] } });
});

test('the language is the first that is wanted and there is, else English', () => {
  const chosen = (...wanted: string[]): string => bestLanguage(wanted).code;
  assert.equal(chosen('de-AT', 'en'), 'de');
  assert.equal(chosen('fr', 'AR-eg', 'de'), 'ar');
  assert.equal(chosen('fr', 'it'), 'en');
  assert.equal(chosen(), 'en');
  assert.equal(locale('de', ['en', 'de-AT']), 'de-AT');
  assert.equal(locale('de', ['en']), 'de');
  assert.equal(locale('ar', ['ar-EG']), 'ar-EG-u-nu-latn');
});

test('plurals and numbers follow the language', () => {
  const forms = { one: '1', two: '2', few: 'few', many: 'many', other: 'other' };
  assert.deepEqual([1, 2, 3, 11, 100].map((count) => grammar('ar').plural(count, forms)), ['1', '2', 'few', 'many', 'other']);
  assert.deepEqual([0, 1, 2].map((count) => grammar('de').plural(count, { one: 'eins', other: 'viele' })), ['viele', 'eins', 'viele']);
  assert.equal(grammar('de').number(1234.56, 1), '1.234,6');
});

test('a browser that lacks something is told so in its language', () => {
  const all = languages.map(({ code }) => lackWords(code));
  assert.equal(new Set(all.map(({ title }) => title)).size, languages.length);
  for (const words of all) for (const sentence of Object.values(words)) assert.ok(sentence.length > 0);
});
