import type { Outbound } from './outbound.ts';

/**
 * The parties outside that this process can reach. Each integration declares its client here, so that operations find
 * it on the platform and the platform knows none of them. A member is absent where its connection is not configured.
 */
export interface Outside {
  /** What all of them go through. */
  outbound: Outbound;
}
