import type { Outbound } from './outbound.ts';

/**
 * The parties that this process can reach. Each integration declares its client here, so that operations find it on the
 * platform while the platform does not depend on integrations. A member is absent if its connection is not configured.
 */
export interface Outside {
  /** All of them call through this. */
  outbound: Outbound;
}
