// Records the project's own screens for `bench codec`: real X programs on an X server in memory, one frame a step of a
// script. Writes NAME.bgra and NAME.bgra.damage to bench/out/screens and prints one JSON line for each.
//
//   record.mjs [SCENE ...]
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { repository } from '../../tests/e2e/site.mjs';
import { articlePage, pictures } from '../session/pictures.mjs';
import { Desktop, size } from './desktop.mjs';
import { paperPage } from './paper.mjs';
import { scenes } from './scenes.mjs';

const { chromium } = createRequire(path.join(repository, 'tests/e2e/package.json'))('playwright-core');
const names = process.argv.slice(2);
const unknown = names.filter((name) => !scenes[name]);
if (unknown.length > 0) {
  console.error(`no scene ${unknown.join(', ')}; there are: ${Object.keys(scenes).join(' ')}`);
  process.exit(2);
}
const out = path.join(repository, 'bench/out/screens');

// A source file, the illustrated article as a page and as a PDF, a paper as a PDF, and the pictures of the session benchmark. They lie where
// they always do, because programs show their paths.
async function documents() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const made = await pictures(browser);
    const text = path.join(out, 'tour_test.cpp');
    await copyFile(path.join(repository, 'tests/session/tour_test.cpp'), text);
    const article = path.join(out, 'article.html');
    await writeFile(article, `<!doctype html><meta charset="utf-8"><title>Article</title>${articlePage()}`);
    return { ...made, text, article, pdf: await printed(browser, article), paper: await printedPaper(browser) };
  } finally {
    await browser.close();
  }
}

async function printedPaper(browser) {
  const file = path.join(out, 'paper.html');
  await writeFile(file, `<!doctype html><html lang="en"><meta charset="utf-8"><title>Paper</title>${paperPage()}`);
  return printed(browser, file);
}

// The page as a PDF of A4 sheets beside it.
async function printed(browser, file) {
  const page = await browser.newPage();
  await page.goto(`file://${file}`);
  await page.addStyleTag({ content: '@media print { body { margin: 0 !important; } }' });
  const pdf = file.replace(/html$/, 'pdf');
  await page.pdf({ path: pdf, format: 'A4', margin: { top: '2cm', bottom: '2cm', left: '2cm', right: '2cm' } });
  return pdf;
}

async function record(name, made) {
  const desktop = await Desktop.start();
  try {
    const { frames, step, quietMs } = await scenes[name](desktop, made);
    await desktop.settle();
    const file = path.join(out, `${name}.bgra`);
    await desktop.tell(`open ${file}`);
    await desktop.frame({ quietMs, waitMs: 0 });
    let changed = 0;
    for (let i = 0; i < frames; ++i) {
      await step(i);
      changed += (await desktop.frame({ quietMs })).changed > 0 ? 1 : 0;
    }
    await desktop.tell('close');
    console.log(JSON.stringify({ scene: name, file, ...size, frames: frames + 1, changed, bytes: (await stat(file)).size }));
    if (changed === 0) throw new Error(`${name}: nothing moved`);
  } finally {
    await desktop.stop();
  }
}

await mkdir(out, { recursive: true });
const made = await documents();
for (const name of names.length > 0 ? names : Object.keys(scenes)) await record(name, made);
