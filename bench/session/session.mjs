// The session benchmark: a whole Vitrine, a real Chromium and real X programs, on loopback and over emulated links; with
// --peers the same beside other products. Prints one JSON line for each scenario and writes a plot to bench/out/.
// `./dev bench session --help` says how.
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../../tests/e2e/browser.mjs';
import { repository } from '../../tests/e2e/site.mjs';
import { compare, comparisonTable } from './compare.mjs';
import { pictures } from './pictures.mjs';
import { plot } from './plot.mjs';
import { TigerVnc } from './products/tigervnc.mjs';
import { Vitrine } from './products/vitrine.mjs';
import { Xpra } from './products/xpra.mjs';
import { Link } from './programs.mjs';
import { Weather } from './radio.mjs';
import * as scenarios from './scenarios.mjs';

// Which scenarios run on which link. `loopback` passes bytes at once and only counts them.
const alone = [
  { link: 'loopback', script: '0s rate=unlimited delay=0ms',
    run: ['opening', 'floor', 'floorWithVideo', 'keys', 'idle', 'typing', 'scrolling', 'dragging', 'playing', 'keysWithVideo', 'keysWithScroll', 'slowBeside', 'memory', 'reloading'] },
  { link: '50ms-5mbit', script: '0s rate=5mbit delay=25ms',
    run: ['opening', 'keys', 'keysWithVideo', 'keysWithScroll', 'stall', 'utilisation'] },
  { link: '100ms-2mbit', script: '0s rate=2mbit delay=50ms', run: ['keys', 'keysWithVideo', 'keysWithScroll', 'keysWithPhoto', 'reloading'] },
  { link: 'cliff', script: '0s rate=20mbit delay=25ms', run: ['cliff'] },
  { link: 'cut', script: '0s rate=5mbit delay=25ms', run: ['cut'] },
  { link: 'wifi', script: '0s rate=30mbit delay=3ms jitter=6ms queue=256kib', run: ['keys', 'keysWithVideo', 'keysWithScroll'] },
  { link: 'telephone', script: '0s rate=8mbit delay=25ms jitter=15ms queue=256kib', run: ['keys', 'keysWithVideo', 'keysWithScroll'] },
];
const besideOthers = [
  { link: 'loopback', script: '0s rate=unlimited delay=0ms',
    run: ['openingPresented', 'keys', 'idle', 'typing', 'scrolling', 'dragging', 'playing', 'keysWithVideo', 'keysWithScroll', 'memory'] },
  { link: '50ms-5mbit', script: '0s rate=5mbit delay=25ms', run: ['keys', 'keysWithVideo', 'keysWithScroll'] },
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' }, link: { type: 'string', default: '' }, quick: { type: 'boolean', default: false },
    resource: { type: 'string', default: '' }, peers: { type: 'boolean', default: false }, product: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
const plan = options.peers ? besideOthers : alone;
if (options.help) {
  console.log(`./dev bench session [--peers] [--quick] [--only SCENARIO,...] [--link LINK,...] [--product NAME,...] [--resource NAME]
scenarios: ${[...new Set([...alone, ...besideOthers].flatMap((one) => one.run))].join(' ')}
links: ${alone.map((one) => one.link).join(' ')}
products with --peers: vitrine tigervnc xpra`);
  process.exit(0);
}
const chosen = (list, name) => list === '' || list.split(',').includes(name);

// One product's page on a link of its own, and what the scenarios need beside.
class Stage {
  size = { width: 1920, height: 1080 };
  keys = options.quick ? 60 : 200;
  openings = options.quick ? 3 : 10;
  cutSeconds = options.quick ? 5 : 20;

  constructor(product, browser, made) {
    Object.assign(this, { product, browser, pictures: made });
  }
  seconds(full) {
    return options.quick ? Math.ceil(full / 4) : full;
  }
  note(text) {
    process.stderr.write(`  ${text}\n`);
  }
  session() {
    return this.product.session();
  }
  async start() {
    this.link = await Link.start(this.product.port);
  }
  async open() {
    await this.close();
    this.page = await this.product.open(this.browser, this.link.port);
  }
  async close() {
    await this.page?.context().close();
    this.page = undefined;
  }
}

// The products take turns within each scenario, so that all meet the same state of the machine.
async function runAll(stages, print) {
  for (const { link, script, run } of plan) {
    const names = run.filter((name) => chosen(options.only, name));
    if (!chosen(options.link, link) || names.length === 0) continue;
    for (const stage of stages) {
      // With the link's delay: agent and page remember the shortest round trip they saw.
      stage.link.say(script.replace(/rate=\S+/, 'rate=unlimited'));
      await stage.open();
      stage.link.say(script);
    }
    for (const name of names) {
      for (const stage of stages) print(await runOne(stage, name, link, script));
    }
  }
}

async function runOne(stage, name, link, script) {
  const what = { scenario: name, link, product: stage.product.name };
  process.stderr.write(`${link}: ${name}, ${stage.product.name}\n`);
  stage.link.say(script);
  const weather = Weather.over(stage.link, link);
  try {
    return { ...what, ...(await scenarios[name](stage)), load: Math.round(loadavg()[0] * 10) / 10 };
  } catch (error) {
    stage.link.say(script.replace(/rate=\S+/, 'rate=unlimited'));
    await stage.open();
    return { ...what, failed: String(error.stack ?? error) };
  } finally {
    weather?.stop();
  }
}

const records = [];
function print(record) {
  records.push(record);
  const { series, ...figures } = record;
  console.log(JSON.stringify(figures));
}

const products = [];
let browser;
const stages = [];
try {
  products.push(await Vitrine.start({ resource: options.resource }));
  if (options.peers) for (const peer of [TigerVnc, Xpra]) products.push(await peer.start());
  browser = await launchBrowser(products[0].site);
  const made = await pictures(browser);
  for (const product of products.filter((one) => chosen(options.product, one.name))) {
    const stage = new Stage(product, browser, made);
    stages.push(stage);
    await stage.start();
  }
  await runAll(stages, print);
} finally {
  await browser?.close();
  for (const stage of stages) await stage.link?.stop();
  for (const product of products) await product.stop();
}
const out = path.join(repository, 'bench/out');
await mkdir(out, { recursive: true });
await writeFile(path.join(out, options.peers ? 'session-peers.svg' : 'session.svg'), plot(records));
if (options.peers) {
  const ratios = compare(records);
  for (const ratio of ratios) console.log(JSON.stringify(ratio));
  const table = comparisonTable(records);
  console.error(table);
  await writeFile(path.join(out, 'session-peers.md'), table);
}
process.exitCode = records.some((one) => one.failed) ? 1 : 0;
