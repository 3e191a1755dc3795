/** Source of the time. Passed in everywhere, so that a test can set the day. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export function fixedClock(iso: string): Clock {
  return { now: () => new Date(iso) };
}

/** `2024-03-15T10:00:00Z`: the API's form of a timestamp, whole seconds in UTC. */
export function isoSeconds(time: Date): string {
  return time.toISOString().slice(0, 19) + 'Z';
}
