/** Source of the time. Passed in everywhere, so that a test can set the day. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export function fixedClock(iso: string): Clock {
  return { now: () => new Date(iso) };
}

/** The one before: the entries of a request were posted at the same time. */
let last = { millis: Number.NaN, text: '' };

/** `2024-03-15T10:00:00Z`: the API's form of a timestamp, whole seconds in UTC. */
export function isoSeconds(time: Date): string {
  const millis = time.getTime();
  if (millis !== last.millis) last = { millis, text: time.toISOString().slice(0, 19) + 'Z' };
  return last.text;
}
