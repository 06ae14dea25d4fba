// How long the main thread of a page was busy at a time, as Chromium traced it.

// The tasks of the page's main thread while `act` ran, the one with most work first: {cpuMs, ms}. Work is the thread's own
// time, so that a machine with other things to do is not taken for a page that is slow.
export async function longestTasks(browser, page, act) {
  const name = `traced-${process.pid}`;
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'toplevel', 'blink.user_timing', '__metadata'] });
  await page.evaluate((mark) => performance.mark(mark), name);
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  // The mark tells the page's thread from those of other pages.
  const mark = traceEvents.find((event) => event.name === name);
  if (mark === undefined) throw new Error('the trace does not know the page');
  return traceEvents
    .filter((event) => event.ph === 'X' && event.pid === mark.pid && event.tid === mark.tid && /RunTask$/.test(event.name))
    .map(({ dur = 0, tdur }) => ({ cpuMs: (tdur ?? dur) / 1_000, ms: dur / 1_000 }))
    .sort((a, b) => b.cpuMs - a.cpuMs);
}
