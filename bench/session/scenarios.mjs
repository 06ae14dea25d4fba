// What is measured, one function each. All take the stage (see session.mjs) and give one record of figures.
import { setTimeout as elapse } from 'node:timers/promises';
import { state, whenLive } from '../../tests/e2e/browser.mjs';
import { difference, readCanvas, readDesktop } from '../../tests/e2e/screen.mjs';
import { until } from '../../tests/e2e/until.mjs';
import { EchoSite } from './floor.mjs';
import { cpuSeconds, memoryMib, percentile, round, spread } from './numbers.mjs';
import { Screencast, colours, counterTimes } from './presented.mjs';
import { halves, pressRecord, pressTimes, withPointer } from './presses.mjs';
import { Workload } from './programs.mjs';
import { RawViewer } from './raw_viewer.mjs';
import { readMetrics, serverTimes, wayTimes } from './timestamps.mjs';

export { reloading } from './reloading.mjs';

const video = { place: [600, 180, 1280, 720], at: { x: 600, y: 180 } };
const settleMs = 2_000;

// --- latency ---------------------------------------------------------------------------------------------------

// Other products have none.
const metrics = async (stage) => stage.product.name === 'vitrine' ? readMetrics(stage.page) : '';

export const floor = (stage) => floorOf(stage);

// The same while the worker paints a film of ready frames beside.
export const floorWithVideo = (stage) => floorOf(stage, { ...video.at, width: video.place[2], height: video.place[3], perSecond: 30 });

async function floorOf(stage, film) {
  const site = await EchoSite.start();
  const page = await stage.browser.newPage({ viewport: stage.size });
  await page.goto(site.url);
  await whenLive(page);
  if (film) await page.evaluate((one) => playFilm(one), film);
  const times = await pressTimes(stage, page, stage.keys, { film: film !== undefined });
  await page.close();
  site.stop();
  return pressRecord(times);
}

export async function keys(stage) {
  const workload = await Workload.start(await stage.session(), ['keys', '--marker', '--picture', stage.pictures.glyphs]);
  await elapse(settleMs);
  const before = await metrics(stage);
  const times = await pressTimes(stage, stage.page, stage.keys);
  const server = before === '' ? {} : { server_ms: serverTimes(before, await readMetrics(stage.page)) };
  await workload.stop();
  return { ...pressRecord(times), ...halves(times, workload), ...server };
}

// Runs `other` beside a window of typed text while keys are measured.
async function keysBeside(stage, other) {
  const session = await stage.session();
  const place = [0, 0, 560, 1080];
  const beside = await other.start(session);
  const workload = await Workload.start(session, ['keys', '--marker', '--picture', stage.pictures.glyphs], place);
  await elapse(settleMs);
  const before = await metrics(stage);
  await stage.link.stats();
  const busy = other.during?.(stage);
  const times = await pressTimes(stage, stage.page, stage.keys, { film: other.film });
  stage.busy = false;
  await busy;
  const link = await stage.link.stats();
  const way = before === '' ? {} : { way_ms: wayTimes(before, await metrics(stage)) };
  await workload.stop();
  await beside.stop();
  return { ...pressRecord(times), ...halves(times, workload), ...way, ...traffic(link) };
}

export const keysWithVideo = (stage) => keysBeside(stage, {
  film: true,
  start: (session) => Workload.start(session, ['video', '--picture', stage.pictures.scenery, '--frames', '100000'], video.place),
});

export const keysWithScroll = (stage) => keysBeside(stage, {
  start: (session) => Workload.start(session, ['scroll', '--picture', stage.pictures.article], [580, 0, 1340, 1080]),
  during: async () => {
    stage.busy = true;
    for (let i = 0; stage.busy; ++i) {
      await withPointer(stage, async (mouse) => {
        await mouse.move(1200, 500 + (i % 2));
        await mouse.wheel(0, i % 150 < 75 ? 120 : -120);
      });
      await elapse(100);
    }
  },
});

// Keys while a photograph that was not there before comes over the link.
export async function keysWithPhoto(stage) {
  const session = await stage.session();
  const workload = await Workload.start(session, ['keys', '--marker', '--picture', stage.pictures.glyphs], [0, 0, 560, 1080]);
  await elapse(settleMs);
  const before = await metrics(stage);
  await stage.link.stats();
  const photo = await Workload.start(session, ['drag', '--picture', stage.pictures.wallpaper, '--window', stage.pictures.window], [580, 0, 1340, 1080]);
  const times = await pressTimes(stage, stage.page, Math.min(stage.keys, 60));
  const link = await stage.link.stats();
  const way = { way_ms: wayTimes(before, await metrics(stage)) };
  await photo.stop();
  await workload.stop();
  return { ...pressRecord(times), ...halves(times, workload), ...way, ...traffic(link) };
}

// Keys while a film plays, alone and beside another viewer of the session whose link carries 1 Mbit/s and takes 160 ms
// there and back. In four turns, so that both meet the same state of the machine.
export async function slowBeside(stage) {
  const session = await stage.session();
  const film = await Workload.start(session, ['video', '--picture', stage.pictures.scenery, '--frames', '100000'], video.place);
  const all = { alone: [], beside: [] };
  const answered = { alone: 0, beside: 0 };
  let slow;
  for (const turn of ['alone', 'beside', 'alone', 'beside']) {
    const other = turn === 'beside' ? await RawViewer.start(stage, '0s rate=1mbit delay=80ms') : undefined;
    const workload = await Workload.start(session, ['keys', '--marker', '--picture', stage.pictures.glyphs], [0, 0, 560, 1080]);
    await elapse(settleMs * 2);
    await noticesGone(stage);
    await other?.link.stats();
    const times = await pressTimes(stage, stage.page, Math.ceil(stage.keys / 2), { film: true });
    all[turn].push(...times.presses);
    answered[turn] += workload.count('key') + workload.count('click');
    if (other) slow = { ...await other.counts(), ...traffic(await other.link.stats()) };
    await workload.stop();
    await other?.stop();
  }
  await film.stop();
  const [alone, beside] = ['alone', 'beside'].map((turn) => ({ ...pressRecord({ presses: all[turn] }), answered: answered[turn] }));
  const p95 = (record) => percentile([record.key_to_picture_ms.p95, record.click_to_picture_ms.p95], 1);
  return { alone, beside, p95_ratio: round(p95(beside) / p95(alone), 2), slow };
}

// --- cost ------------------------------------------------------------------------------------------------------

const traffic = (link) => ({
  down_kib: round(link.down.bytes / 1024), up_kib: round(link.up.bytes / 1024),
  down_mbit_s: round((link.down.bytes * 8) / link.seconds / 1e6, 2),
  queue_ms: { p50: link.down.queue_p50_ms, p95: link.down.queue_p95_ms, max: link.down.queue_max_ms },
  standing_queue_ms: { p50: link.down.standing_queue_p50_ms, p95: link.down.standing_queue_p95_ms, max: link.down.standing_queue_max_ms },
});

// What `work` costs, until two seconds after its end, and how much of the screen is exact then.
async function cost(stage, work) {
  const parts = await stage.product.parts();
  await stage.link.stats();
  const before = await cpuSeconds(parts);
  const from = performance.now();
  const extra = await work();
  await elapse(settleMs);
  const seconds = (performance.now() - from) / 1000;
  const after = await cpuSeconds(parts);
  const link = await stage.link.stats();
  const cpu = Object.fromEntries(Object.keys(parts).map((name) => [name, round(after[name] - before[name], 2)]));
  const cpu_s = round(Object.values(cpu).reduce((sum, one) => sum + one, 0), 2);
  return { seconds: round(seconds), ...traffic(link), cpu_s, cpu, exact_percent: await exactPercent(stage), ...extra };
}

export async function exactPercent(stage) {
  const [desktop, canvas] = [await readDesktop(await stage.session()), await readCanvas(stage.page)];
  const { pixels, first } = difference(desktop, canvas);
  if (pixels > 0) stage.note(`${pixels} pixels differ, first ${first}`);
  return round(100 * (1 - Math.min(1, pixels / (desktop.width * desktop.height))), 2);
}

// What the page says of other windows of the session lies over the picture for a while.
const noticesGone = (stage) => until('no notice is over the picture', async () => await stage.page.locator('.toast').count() === 0);

async function beat(count, everyMs, step) {
  const from = performance.now();
  for (let i = 0; i < count; ++i) {
    await step(i);
    await elapse(Math.max(0, from + (i + 1) * everyMs - performance.now()));
  }
}

export const idle = (stage) => cost(stage, () => elapse(stage.seconds(20) * 1000));

export async function typing(stage) {
  const workload = await Workload.start(await stage.session(), ['keys', '--picture', stage.pictures.glyphs]);
  await elapse(settleMs);
  const record = await cost(stage, () => beat(stage.seconds(30) * 10, 100, () => stage.page.keyboard.press('x')));
  const typed = workload.count('key');
  await workload.stop();
  return { ...record, typed };
}

export async function scrolling(stage) {
  const workload = await Workload.start(await stage.session(), ['scroll', '--picture', stage.pictures.article]);
  await stage.page.mouse.move(960, 540);
  await elapse(settleMs);
  const record = await cost(stage, () => beat(stage.seconds(20) * 10, 100, () => stage.page.mouse.wheel(0, 120)));
  const steps = workload.count('step');
  await workload.stop();
  return { ...record, steps };
}

export async function dragging(stage) {
  const { mouse } = stage.page;
  const workload = await Workload.start(await stage.session(), ['drag', '--picture', stage.pictures.wallpaper, '--window', stage.pictures.window]);
  await mouse.move(500, 165);
  await elapse(settleMs * 2);
  await mouse.down();
  const record = await cost(stage, () => beat(stage.seconds(20) * 30, 1000 / 30, (i) =>
    mouse.move(Math.round(860 + 500 * Math.sin(i / 40 - 0.8)), Math.round(330 + 250 * Math.sin(i / 27 - 0.72)))));
  await mouse.up();
  const moves = workload.count('move');
  await workload.stop();
  return { ...record, moves };
}

export async function playing(stage) {
  const frames = stage.seconds(25) * 30;
  await elapse(settleMs);
  let workload, cast;
  const record = await cost(stage, async () => {
    cast = await Screencast.start(stage.page);
    workload = await Workload.start(await stage.session(), ['video', '--picture', stage.pictures.scenery, '--frames', String(frames)], video.place);
    await until('the video ends', () => workload.count('frame') >= frames, { timeoutMs: 120_000, everyMs: 100 });
  });
  const shown = await counterTimes(stage.browser, await cast.stop(), video.at);
  await workload.stop();
  const age = ages(shown, workload);
  return { ...record, frames, frames_shown: age.series.length, ...age };
}

export async function memory(stage) {
  const parts = await memoryMib(await stage.product.parts());
  return { pss_mib: parts, all_mib: round(Object.values(parts).reduce((sum, one) => sum + one, 0)),
    ...(parts.agent && { agent_gateway_xorg_mib: round(parts.agent + parts.gateway + parts.xorg) }) };
}

// A page of a fresh profile, signed in by cookie, opened on the running session until its first whole picture.
export async function opening(stage) {
  const times = [];
  const kib = [];
  for (let i = 0; i < stage.openings; ++i) {
    const { page, path } = await stage.product.fresh(stage.browser, stage.link.port);
    try {
      await page.addInitScript(() => {
        const check = () => {
          if (document.documentElement?.dataset.exact === 'true') globalThis.benchWhole = performance.now();
          else requestAnimationFrame(check);
        };
        check();
      });
      await stage.link.stats();
      await page.goto(path);
      times.push(await until('the picture is whole', () => page.evaluate(() => globalThis.benchWhole)));
      const { down, up } = await stage.link.stats();
      kib.push((down.bytes + up.bytes) / 1024);
    } finally {
      await page.context().close();
    }
  }
  await noticesGone(stage);
  return { open_to_whole_picture_ms: spread(times), kib: { p50: percentile(kib, 0.5), max: percentile(kib, 1) } };
}

// The same of any product, judged by what its page presents: the time until a wallpaper on the desktop looks in every
// part as it does at the end.
export async function openingPresented(stage) {
  const workload = await Workload.start(await stage.session(), ['drag', '--picture', stage.pictures.wallpaper, '--window', stage.pictures.window]);
  await stage.close();
  const grid = Array.from({ length: 16 * 9 }, (_, i) => ({ x: 30 + (i % 16) * 120, y: 30 + Math.floor(i / 16) * 120, width: 60, height: 60 }));
  const times = [];
  const kib = [];
  for (let i = 0; i < stage.openings; ++i) {
    const { page, path } = await stage.product.fresh(stage.browser, stage.link.port);
    await stage.link.stats();
    const cast = await Screencast.start(page);
    const from = Date.now();
    await page.goto(path);
    await stage.product.whenLive(page);
    await elapse(settleMs);
    const frames = await cast.stop();
    const { down, up } = await stage.link.stats();
    await page.context().close();
    const looks = await colours(stage.browser, frames, grid);
    times.push(frames[firstLike(looks)].ms - from);
    kib.push((down.bytes + up.bytes) / 1024);
  }
  await workload.stop();
  await stage.open();
  return { open_to_presented_ms: spread(times), kib: { p50: percentile(kib, 0.5), max: percentile(kib, 1) } };
}

// From which frame on all look like the last one, within what JPEG and first paints differ by.
function firstLike(looks) {
  const near = (a, b) => a.every((colour, i) => colour.every((value, c) => Math.abs(value - b[i][c]) <= 8));
  const other = looks.findLastIndex((look) => !near(look, looks.at(-1)));
  return other + 1;
}

// --- changing links --------------------------------------------------------------------------------------------

// How old the video was when it was presented, and how old the picture on the screen became.
function ages(shown, workload) {
  const drawn = new Map(workload.events.filter((one) => one.event === 'frame').map((one) => [one.n - 1, one.time_us / 1000]));
  // The first presentation of each frame. A number that was not drawn yet, or goes back, was read wrongly.
  const known = [];
  for (const one of shown) {
    if (drawn.get(one.number) <= one.ms && one.number > (known.at(-1)?.number ?? -1)) known.push(one);
  }
  const delays = known.map((one) => one.ms - drawn.get(one.number));
  const oldest = known.slice(1).map((one, i) => one.ms - drawn.get(known[i].number));
  return { frame_delay_ms: spread(delays), oldest_picture_ms: percentile(oldest, 1),
    series: known.map((one, i) => ({ ms: one.ms, delay: round(delays[i]) })) };
}

// With `firstSeconds`, that much after the change is measured apart, and `seconds` from there on.
async function videoWhile(stage, seconds, change, firstSeconds = 0) {
  const cast = await Screencast.start(stage.page);
  const workload = await Workload.start(await stage.session(), ['video', '--picture', stage.pictures.scenery, '--frames', '100000'], video.place);
  await elapse(5_000);
  await stage.link.stats();
  const at = Date.now();
  stage.link.say(change);
  await elapse(firstSeconds * 1000);
  const first = firstSeconds > 0 ? { first_seconds: traffic(await stage.link.stats()) } : {};
  await elapse(seconds * 1000);
  const link = await stage.link.stats();
  const shown = await counterTimes(stage.browser, await cast.stop(), video.at);
  await workload.stop();
  const record = ages(shown.filter((one) => one.ms >= at - 1000), workload);
  record.series = record.series.map((one) => ({ ms: Math.round(one.ms - at), delay: one.delay }));
  return { ...record, ...traffic(link), ...first };
}

const budgetMs = 110;
// A picture's age may exceed what it was before the cliff by a queue of this, and by the time of one frame, which the
// encoder keeps to this much of the link.
const queueMs = 30;
const frameMs = 34;

export async function cliff(stage) {
  const record = await videoWhile(stage, 10, '0s rate=2mbit');
  const before = record.series.filter((one) => one.ms <= 0).map((one) => one.delay);
  const budget = round(percentile(before, 0.5) + queueMs + frameMs);
  const after = record.series.filter((one) => one.ms > 0);
  // From when on 95 of 100 pictures are within the budget: frames that begin a scene take longer.
  const back = after.findIndex((one, i) => after.slice(i).filter((late) => late.delay > budget).length <= 0.05 * (after.length - i));
  return { ...record, budget_ms: budget, back_within_budget_ms: back < 0 ? null : after[back].ms,
    after_a_second_ms: spread(after.filter((one) => one.ms > 1000).map((one) => one.delay)),
    utilisation_percent: round((100 * record.down_mbit_s) / 2) };
}

export async function stall(stage) {
  const record = await videoWhile(stage, 8, '0s stall=3s');
  const after = record.series.filter((one) => one.ms >= 3000);
  return { ...record, first_picture_after_ms: after.length > 0 ? after[0].ms - 3000 : null, its_age_ms: after[0]?.delay ?? null,
    recovered_ms: (after.find((one) => one.delay <= budgetMs)?.ms ?? NaN) - 3000 };
}

export async function cut(stage) {
  const workload = await Workload.start(await stage.session(), ['keys', '--picture', stage.pictures.glyphs]);
  const before = (await stage.session()).session;
  const from = performance.now();
  stage.link.say(`0s cut=${stage.cutSeconds}s`);
  await until('the page noticed', async () => (await state(stage.page)).session !== 'live');
  const noticed = performance.now() - from;
  await elapse(stage.cutSeconds * 1000 - noticed);
  await until('the page is live again', async () => (await state(stage.page)).session === 'live', { timeoutMs: 60_000 });
  const back = performance.now() - from - stage.cutSeconds * 1000;
  await elapse(settleMs);
  const exact = await exactPercent(stage);
  await workload.stop();
  return { noticed_ms: round(noticed), back_after_end_ms: round(back), same_session: (await stage.session()).session === before, exact_percent: exact };
}

// The link falls to 1 Mbit/s; how a film fills that is measured when the fall is over, and the fall by itself.
export const utilisation = async (stage) => {
  const [seconds, firstSeconds] = [10, 3];
  const record = await videoWhile(stage, seconds, '0s rate=1mbit', firstSeconds);
  const first = record.first_seconds.down_mbit_s;
  return { ...record, utilisation_percent: round(100 * record.down_mbit_s),
    first_seconds: { ...record.first_seconds, utilisation_percent: round(100 * first) },
    utilisation_since_fall_percent: round((100 * (record.down_mbit_s * seconds + first * firstSeconds)) / (seconds + firstSeconds)) };
};
