import { setTimeout as delay } from 'node:timers/promises';

// A machine that does other things may let any step wait for long; a test that fails may take this long to say so.
export const kPatienceMs = 60_000;
// A browser reads hundreds of megabytes to start, which a cold machine has to get first.
export const kBrowserStartMs = 120_000;

// Asks `probe` again and again until it gives something truthy, and gives that. A test states what it waits for and
// fails with what it last saw; it never waits a fixed time.
export async function until(what, probe, { timeoutMs = kPatienceMs, everyMs = 25 } = {}) {
  const deadline = performance.now() + timeoutMs;
  let last;
  do {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await delay(everyMs);
  } while (performance.now() < deadline);
  throw new Error(`gave up after ${timeoutMs} ms waiting until ${what}; last saw: ${last?.stack ?? JSON.stringify(last)}`);
}
