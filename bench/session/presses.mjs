// Keys and clicks, and how long each takes to be seen.
import { setTimeout as elapse } from 'node:timers/promises';
import { spread } from './numbers.mjs';
import { Screencast, markerTimes, showFramesBesideFilm } from './presented.mjs';

const settleMs = 2_000;

// One pointer, used by one piece of work at a time: a click must not find that a wheel has moved it away.
export async function withPointer(stage, work) {
  const before = stage.pointer;
  let done;
  stage.pointer = new Promise((resolve) => { done = resolve; });
  await before;
  try {
    return await work(stage.page.mouse);
  } finally {
    done();
  }
}

// Presses `count` keys and clicks as often, in turn and at uneven times, so that they meet every phase of the display.
// The program answers each with the next colour of its marker. Gives {presses: [{kind, ms, latency}], frames}; the
// latency, from the event to the presented picture, is null for one whose picture never came. `film`: one plays beside.
export async function pressTimes(stage, page, count, { at = [300, 700], gapMs = [90, 190], film = false } = {}) {
  await page.evaluate(() => {
    globalThis.benchPresses = [];
    if (globalThis.benchListens) return;
    globalThis.benchListens = true;
    const note = (kind) => (event) => benchPresses.push({ kind, ms: performance.timeOrigin + event.timeStamp });
    addEventListener('keydown', note('key'), true);
    addEventListener('pointerdown', note('click'), true);
  });
  const endDots = film ? await showFramesBesideFilm(page) : () => {};
  const cast = await Screencast.start(page);
  if (film) await elapse(settleMs);
  for (let i = 0; i < count * 2; ++i) {
    if (i % 2 === 0) await page.keyboard.press('x');
    else if (page === stage.page) await withPointer(stage, (mouse) => mouse.click(...at));
    else await page.mouse.click(...at);
    await elapse(gapMs[0] + (((i * 37) % 100) / 100) * (gapMs[1] - gapMs[0]));
  }
  await elapse(settleMs);
  const frames = await cast.stop();
  await endDots();
  const presses = await page.evaluate(() => globalThis.benchPresses);
  const seen = await markerTimes(stage.browser, frames);
  const counts = [...seen.keys()].sort((a, b) => a - b);
  presses.forEach((press, index) => {
    const shown = counts.find((one) => one >= index + 1);
    press.latency = shown === undefined ? null : seen.get(shown) - press.ms;
  });
  return { presses, frames: frames.length };
}

const latencies = (presses, kind) =>
  presses.filter((one) => one.latency !== null && (kind === undefined || one.kind === kind)).map((one) => one.latency);

export const pressRecord = ({ presses }) => ({
  key_to_picture_ms: spread(latencies(presses, 'key')), click_to_picture_ms: spread(latencies(presses, 'click')),
  lost: presses.length - latencies(presses).length,
});

// Where the time goes: from the press to the application, and from there to the picture.
export function halves({ presses }, workload) {
  const drawn = workload.events.filter((one) => one.event === 'key' || one.event === 'click').map((one) => one.time_us / 1000);
  const both = presses.map((press, i) => ({ ...press, drawn: drawn[i] })).filter((one) => one.drawn !== undefined);
  return {
    press_to_app_ms: spread(both.map((one) => one.drawn - one.ms)),
    app_to_picture_ms: spread(both.filter((one) => one.latency !== null).map((one) => one.ms + one.latency - one.drawn)),
  };
}
