/**
 * Time for running work when a process is asked to stop; service managers kill after 90 seconds, orchestrators after
 * 30.
 */
export const END_WITHIN_MS = 25_000;
/** For connections and threads after that. */
export const CLOSE_WITHIN_MS = 3_000;

/** Waits for all promises to settle, up to the limit; returns whether all did. */
export async function endWithin(ms: number, ends: readonly (Promise<unknown> | undefined)[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const all = Promise.allSettled(ends.map(async (end) => end)).then(() => true);
  try {
    return await Promise.race([all, late]);
  } finally {
    clearTimeout(timer);
  }
}
