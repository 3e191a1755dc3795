import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { BILLING_KINDS, type DocumentKind } from './identifiers.ts';
import type { SmlLookup } from './sml-lookup.ts';
import type { ServiceEndpoint } from './service-metadata.ts';
import type { SmpAnswer, SmpClient } from './smp-client.ts';

/**
 * Whether a document can be sent to a participant, and through which access point. The three negative results are kept
 * apart.
 */
export type Reach =
  | { kind: 'reachable'; accessPoint: string }
  | { kind: 'not-registered' }
  | { kind: 'cannot-take'; reason: string }
  /** The network gives no clear response: DNS or SMP fail, or their responses are not trusted. */
  | { kind: 'unknown'; reason: string };

/** The registration of one of our clients in the network: through us for invoice and credit note, or its other state. */
export type OwnReach = 'ours' | 'partly' | 'elsewhere' | 'not-registered' | 'unknown';

/** The Peppol network, read only: first DNS, then the SMP that it names. Never throws for faults of the network. */
export class PeppolNetwork {
  readonly #sml: SmlLookup;
  readonly #smp: SmpClient;
  readonly #clock: Clock;

  constructor({ sml, smp, clock }: { sml: SmlLookup; smp: SmpClient; clock: Clock }) {
    this.#sml = sml;
    this.#smp = smp;
    this.#clock = clock;
  }

  async reach(participant: string, kind: DocumentKind): Promise<Reach> {
    const found = await this.#sml.smpOf(participant);
    if (found.kind === 'none') return { kind: 'not-registered' };
    if (found.kind === 'unknown') return found;
    try {
      return this.#reachIn(await this.#ask(found.url, participant, kind));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { reason } = error.facts;
      return { kind: 'unknown', reason: `SMP: ${typeof reason === 'string' ? reason : error.code}` };
    }
  }

  /** Whether a participant's invoices and credit notes are both routed to the access point with this id. */
  async ownReach(participant: string, accessPoint: string): Promise<OwnReach> {
    const reaches: Reach[] = [];
    for (const kind of BILLING_KINDS) reaches.push(await this.reach(participant, kind));
    if (reaches.some(({ kind }) => kind === 'unknown')) return 'unknown';
    if (reaches.every(({ kind }) => kind === 'not-registered')) return 'not-registered';
    const points = reaches.flatMap((reach) => (reach.kind === 'reachable' ? [reach.accessPoint] : []));
    if (points.some((point) => point !== accessPoint)) return 'elsewhere';
    return points.length === BILLING_KINDS.length ? 'ours' : 'partly';
  }

  /** Follows one redirect to another SMP, but not a second (Peppol SMP 1.4). */
  async #ask(url: string, participant: string, kind: DocumentKind): Promise<SmpAnswer | 'astray'> {
    const first = await this.#smp.metadata(url, participant, kind);
    if (first.kind !== 'redirect') return first;
    const { url: next, certificateUid } = first;
    const base = next.split('/iso6523')[0]!.replace(/\/$/, '');
    if (!this.#sml.allows(base)) return 'astray';
    const second = await this.#smp.metadata(base, participant, kind, certificateUid);
    return second.kind === 'redirect' ? 'astray' : second;
  }

  #reachIn(answer: SmpAnswer | 'astray'): Reach {
    if (answer === 'astray' || answer.kind === 'redirect') return { kind: 'unknown', reason: 'SMP: led astray' };
    if (answer.kind === 'no-participant') return { kind: 'not-registered' };
    if (answer.kind === 'no-document') return { kind: 'cannot-take', reason: 'the document type is not registered' };
    return this.#usable(answer.endpoints);
  }

  #usable(endpoints: readonly ServiceEndpoint[]): Reach {
    const now = this.#clock.now();
    const open = endpoints.filter(
      ({ address, validFrom, validTo }) =>
        address !== '' && (validFrom === null || validFrom <= now) && (validTo === null || now <= validTo),
    );
    const [first] = open;
    if (!first)
      return {
        kind: 'cannot-take',
        reason: endpoints.length === 0 ? 'no endpoint for its process over AS4' : 'the access point has expired',
      };
    if (first.accessPoint === null) return { kind: 'unknown', reason: 'SMP: no certificate of the access point' };
    return { kind: 'reachable', accessPoint: first.accessPoint };
  }
}
