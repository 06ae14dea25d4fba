// Opening after a reload: with what the page kept on its device, and without. A page of text, then a photograph.
import { state, whenLive } from '../../tests/e2e/browser.mjs';
import { until } from '../../tests/e2e/until.mjs';
import { percentile, spread } from './numbers.mjs';
import { Workload } from './programs.mjs';

export async function reloading(stage) {
  const { article, wallpaper, window } = stage.pictures;
  const record = {};
  for (const [name, words] of [['article', ['scroll', '--picture', article]], ['photo', ['drag', '--picture', wallpaper, '--window', window]]]) {
    const workload = await Workload.start(await stage.session(), words);
    for (const keeps of [false, true]) {
      await stage.product.site.vitrine(['policy', 'set', '--site', `device_cache=${keeps ? 'yes' : 'no'}`]);
      record[`${name}_${keeps ? 'kept' : 'not_kept'}`] = await reloads(stage, keeps);
    }
    await workload.stop();
  }
  return record;
}

async function reloads(stage, keeps) {
  const live = [];
  const whole = [];
  const kib = [];
  const { page } = stage;
  await page.addInitScript(noteTimes);
  for (let i = 0; i < stage.openings; ++i) {
    await until('the picture is whole', async () => (await state(page)).exact === 'true', { timeoutMs: 60_000 });
    await until('the device has what it may have', async () => {
      await hide(page, true);
      await hide(page, false);
      await whenLive(page);
      return (await page.evaluate(keptFiles)).length === (keeps ? 1 : 0);
    }, { timeoutMs: 60_000, everyMs: 500 });
    await stage.link.stats();
    await page.reload();
    whole.push(await until('the picture is whole', () => page.evaluate(() => globalThis.benchTimes?.whole), { timeoutMs: 60_000 }));
    live.push(await page.evaluate(() => globalThis.benchTimes.live));
    const { down, up } = await stage.link.stats();
    kib.push((down.bytes + up.bytes) / 1024);
  }
  return { live_ms: spread(live), whole_ms: spread(whole), kib: { p50: percentile(kib, 0.5), max: percentile(kib, 1) } };
}

// In the page, from its beginning.
function noteTimes() {
  const times = {};
  globalThis.benchTimes = times;
  const check = () => {
    const shown = document.documentElement?.dataset ?? {};
    if (shown.session === 'live') times.live ??= performance.now();
    if (shown.session === 'live' && shown.exact === 'true') times.whole ??= performance.now();
    if (times.whole === undefined) requestAnimationFrame(check);
  };
  check();
}

// As when its window is covered: what is to be kept is put aside at once.
const hide = (page, hidden) => page.evaluate((value) => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (value ? 'hidden' : 'visible') });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

async function keptFiles() {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('snapshots');
  const names = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}
