import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until there is a result, and returns it. Throws when it does not come: a moment that was not reached proves nothing.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  withinMs = 30_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`did not come within ${withinMs} ms: ${what}`);
    await pause(50);
  }
}
