// The session benchmark: a whole Vitrine, a real Chromium and real X programs, on loopback and over emulated links.
// Prints one JSON line for each scenario and writes bench/out/session.svg. `./dev bench session --help` says how.
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser, newVisitor, signIn, state, whenLive } from '../../tests/e2e/browser.mjs';
import { Site, repository } from '../../tests/e2e/site.mjs';
import { until } from '../../tests/e2e/until.mjs';
import { pictures } from './pictures.mjs';
import { plot } from './plot.mjs';
import { Link } from './programs.mjs';
import * as scenarios from './scenarios.mjs';

// Which scenarios run on which link. `loopback` passes bytes at once and only counts them.
const plan = [
  { link: 'loopback', script: '0s rate=unlimited delay=0ms',
    run: ['opening', 'floor', 'keys', 'idle', 'typing', 'scrolling', 'dragging', 'playing', 'keysWithVideo', 'keysWithScroll', 'memory'] },
  { link: '50ms-5mbit', script: '0s rate=5mbit delay=25ms', run: ['opening', 'keys', 'keysWithVideo', 'keysWithScroll', 'stall', 'utilisation'] },
  { link: '100ms-2mbit', script: '0s rate=2mbit delay=50ms', run: ['keys', 'keysWithPhoto', 'keysWithScroll'] },
  { link: 'cliff', script: '0s rate=20mbit delay=25ms', run: ['cliff'] },
  { link: 'cut', script: '0s rate=5mbit delay=25ms', run: ['cut'] },
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' }, link: { type: 'string', default: '' }, quick: { type: 'boolean', default: false },
    resource: { type: 'string', default: '' }, help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(`./dev bench session [--quick] [--only SCENARIO,...] [--link LINK,...] [--resource NAME]
scenarios: ${[...new Set(plan.flatMap((one) => one.run))].join(' ')}
links: ${plan.map((one) => one.link).join(' ')}`);
  process.exit(0);
}
const chosen = (list, name) => list === '' || list.split(',').includes(name);

const size = { width: 1920, height: 1080 };
const stage = {
  size,
  keys: options.quick ? 60 : 200,
  openings: options.quick ? 3 : 10,
  cutSeconds: options.quick ? 5 : 20,
  seconds: (full) => (options.quick ? Math.ceil(full / 4) : full),
  note: (text) => process.stderr.write(`  ${text}\n`),
  session: async () => (await stage.site.sessions({ user: 'bench' }))[0],
};

async function openPage() {
  await stage.page?.context().close();
  stage.page = await newVisitor(stage.browser, stage.site, { viewport: size, baseURL: stage.url });
  await signIn(stage.page, 'bench', 'bench bench bench');
  await until('the catalogue is shown', async () => (await state(stage.page)).page === 'catalogue');
  if (!stage.address) stage.address = `/#/s/${encodeURIComponent(options.resource || (await firstApp(stage.page)))}`;
  await stage.page.goto(stage.address);
  await whenLive(stage.page);
  await until('the display has the size of the window', async () => {
    const session = await stage.session();
    return session.width === size.width && session.height === size.height;
  });
}

async function firstApp(page) {
  const { resources } = await page.evaluate(async () => (await fetch('/api/catalogue')).json());
  return (resources.find((one) => /terminal|xterm/i.test(one.id)) ?? resources.find((one) => one.kind === 'app')).id;
}

async function runAll(print) {
  for (const { link, script, run } of plan) {
    const names = run.filter((name) => chosen(options.only, name));
    if (!chosen(options.link, link) || names.length === 0) continue;
    stage.link.say('0s rate=unlimited delay=0ms');
    await openPage();
    stage.link.say(script);
    for (const name of names) {
      process.stderr.write(`${link}: ${name}\n`);
      try {
        print({ scenario: name, link, ...(await scenarios[name](stage)), load: Math.round(loadavg()[0] * 10) / 10 });
      } catch (error) {
        print({ scenario: name, link, failed: String(error.stack ?? error) });
        await openPage();
      }
      stage.link.say(script);
    }
  }
}

stage.site = await Site.start();
const records = [];
try {
  stage.link = await Link.start(Number(new URL(stage.site.url).port));
  stage.url = `https://127.0.0.1:${stage.link.port}`;
  stage.browser = await launchBrowser(stage.site);
  stage.pictures = await pictures(stage.browser);
  await stage.site.addUser('bench', 'bench bench bench');
  await runAll((record) => {
    records.push(record);
    const { series, ...figures } = record;
    console.log(JSON.stringify(figures));
  });
} finally {
  await stage.browser?.close();
  await stage.link?.stop();
  await stage.site.stop();
}
const out = path.join(repository, 'bench/out');
await mkdir(out, { recursive: true });
await writeFile(path.join(out, 'session.svg'), plot(records));
process.exitCode = records.some((one) => one.failed) ? 1 : 0;
