// Another version of the client, in the place of the one that a site hands out.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

// Another main script, named by another hash, in pages and worker alike; gives the addresses of the one before and of this.
export async function publishNext(client) {
  const index = () => readFile(path.join(client, 'index.html'), 'utf8');
  const digest = async () => createHash('sha256').update(await index()).digest('hex');
  const named = async (pattern) => (await index()).match(pattern)[0];
  const old = await named(/\/assets\/main-[A-Z2-7]+\.js/);
  const next = old.replace(/main-[A-Z2-7]+/, 'main-NEWNEWNE');
  await writeFile(path.join(client, next), `${await readFile(path.join(client, old), 'utf8')}\nglobalThis.isNew = true;`);
  const check = await named(/\/assets\/check-[A-Z2-7]+\.js/);
  const nextCheck = check.replace(/check-[A-Z2-7]+/, 'check-NEWNEWNE');
  await writeFile(path.join(client, nextCheck), (await readFile(path.join(client, check), 'utf8')).replaceAll(old, next));
  const oldDigest = await digest();
  for (const file of ['index.html', 'sw.js']) {
    const text = await readFile(path.join(client, file), 'utf8');
    await writeFile(path.join(client, file), text.replaceAll(old, next).replaceAll(check, nextCheck).replace(/("[0-9a-f]{10})[0-9a-f]{2}"/, '$1zz"').replaceAll(oldDigest, await digest()));
  }
  return { old, next };
}
