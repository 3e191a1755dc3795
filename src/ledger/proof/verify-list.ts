/** Differences named per check at most; more are counted. */
export const LARGEST_LIST = 1_000;
