import type { Clock } from '../../kernel/clock.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import { documentTypeOf, type DocumentKind, processOf, qualified, DOCUMENT_SCHEME } from './identifiers.ts';
import { readServiceMetadata, type ServiceEndpoint } from './service-metadata.ts';
import type { Trust } from './signature/trust.ts';
import { SignatureRefused, verifySignature } from './signature/verify-signature.ts';

export const SERVICE = 'Peppol SMP';
/** SMPs with a separate queue and circuit breaker; all others share one. */
const MOST_HOSTS = 50;

/** The response of an SMP about a participant and a document type. */
export type SmpAnswer =
  | { kind: 'endpoints'; endpoints: ServiceEndpoint[] }
  /** Another SMP has it; its certificate must have this name. */
  | { kind: 'redirect'; url: string; certificateUid: string }
  | { kind: 'no-document' }
  | { kind: 'no-participant' };

/** Service metadata publishers, at any address that the locator returns. Throws the outbound errors: 502, 503, 504. */
export class SmpClient {
  readonly #outbound: Outbound;
  readonly #clock: Clock;
  readonly #trust: Trust;
  readonly #parties = new Map<string, OutboundParty>();
  #others: OutboundParty | undefined;

  constructor({ outbound, clock, trust }: { outbound: Outbound; clock: Clock; trust: Trust }) {
    this.#outbound = outbound;
    this.#clock = clock;
    this.#trust = trust;
  }

  /** `signedBy`: the name that the certificate must have, after a redirect to another SMP. */
  async metadata(
    smp: string,
    participant: string,
    kind: DocumentKind,
    signedBy: string | null = null,
  ): Promise<SmpAnswer> {
    const owner = encodeURIComponent(qualified(participant));
    const document = encodeURIComponent(`${DOCUMENT_SCHEME}::${documentTypeOf(kind)}`);
    const answer = await this.#get('smp.metadata', smp, `${owner}/services/${document}`);
    if (answer.status === 404) {
      const group = await this.#get('smp.group', smp, owner);
      if (group.status === 404) return { kind: 'no-participant' };
      this.#requireXml(group);
      return { kind: 'no-document' };
    }
    this.#requireXml(answer);
    try {
      const verified = verifySignature(answer.body, { trust: this.#trust, now: this.#clock.now() });
      return readServiceMetadata(verified, {
        participant,
        documentType: documentTypeOf(kind),
        process: processOf(kind),
        signedBy,
      });
    } catch (error) {
      if (!(error instanceof SignatureRefused)) throw error;
      throw outboundErrors.contract_broken({ service: SERVICE, reason: error.message });
    }
  }

  #requireXml({ status, headers }: OutboundAnswer): void {
    const type = headers.get('content-type') ?? '';
    if (status !== 200 || !/^(text|application)\/xml\b/i.test(type))
      throw outboundErrors.contract_broken({ service: SERVICE, reason: `status ${status} without metadata` });
  }

  #get(call: string, smp: string, path: string): Promise<OutboundAnswer> {
    return this.#party(new URL(smp).host).send({
      call,
      message: () => ({ method: 'GET', url: `${smp}/${path}`, headers: { accept: 'application/xml, text/xml' } }),
    });
  }

  #party(host: string): OutboundParty {
    const known = this.#parties.get(host);
    if (known) return known;
    const limits = { atOnce: 5, timeoutMs: 5_000, totalMs: 12_000, maxBytes: 500_000, attempts: 2 };
    if (this.#parties.size >= MOST_HOSTS)
      return (this.#others ??= this.#outbound.party({ service: SERVICE, ...limits }));
    const party = this.#outbound.party({ service: `${SERVICE} ${host}`, ...limits });
    this.#parties.set(host, party);
    return party;
  }
}
