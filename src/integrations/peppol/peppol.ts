import type { Clock } from '../../kernel/clock.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Platform } from '../../platform/operation.ts';
import { AccessPoint, SERVICE } from './access-point/access-point.ts';
import type { Wire } from './access-point/wire.ts';
import { type OwnReach, PeppolNetwork } from './peppol-network.ts';
import { participantOf } from './identifiers.ts';
import type { Trust } from './signature/trust.ts';
import { SmlLookup, type SmlOptions } from './sml-lookup.ts';
import { SmpClient } from './smp-client.ts';

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    peppol: Peppol;
  }
}

export interface PeppolOptions {
  accessPoint: { url: string; token: string; wire: Wire };
  /** The common name of our access point's certificate: the network shows it for participants that are ours. */
  accessPointId: string;
  sml: SmlOptions;
  trust: Trust;
}

/** The network for reading, and the access point for writing to it. */
export class Peppol {
  readonly network: PeppolNetwork;
  readonly accessPoint: AccessPoint;
  readonly #accessPointId: string;

  constructor(options: PeppolOptions, { outbound, clock }: { outbound: Outbound; clock: Clock }) {
    const smp = new SmpClient({ outbound, clock, trust: options.trust });
    this.network = new PeppolNetwork({ sml: new SmlLookup(options.sml), smp, clock });
    this.accessPoint = new AccessPoint(options.accessPoint, outbound);
    this.#accessPointId = options.accessPointId;
  }

  /** The network's response about an organisation that is or will be registered through us. */
  ownReach(organizationNumber: string): Promise<OwnReach> {
    return this.network.ownReach(participantOf(organizationNumber), this.#accessPointId);
  }
}

/** The connection of this installation. Throws outbound.not_configured (503). */
export function peppolOf({ outside }: Platform): Peppol {
  if (!outside?.peppol) throw outboundErrors.not_configured({ service: SERVICE });
  return outside.peppol;
}
