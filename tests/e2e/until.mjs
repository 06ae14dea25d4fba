import { setTimeout as delay } from 'node:timers/promises';

// Asks `probe` again and again until it gives something truthy, and gives that. A test states what it waits for and
// fails with what it last saw; it never waits a fixed time.
export async function until(what, probe, { timeoutMs = 20_000, everyMs = 25 } = {}) {
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
