/** When an event happened, milliseconds since the Unix epoch: the clock that page and worker share. */
export function eventTimeMs(event: Event): number {
  return performance.timeOrigin + event.timeStamp;
}

/** The same clock, now. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
