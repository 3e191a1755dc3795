import type { Text } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { invoiceErrors } from '../errors.ts';
import type { LoadedInvoice } from '../invoice-load.ts';
import type { ConsumerWays } from './consumer-channels.ts';
import type { RouteStep, SendChannel } from './delivery.ts';

/** The channel of a document, decided before anything is written. */
export interface InvoiceRoute {
  channel: SendChannel;
  recipient: string | null;
  /** The AvtaleGiro claim that goes with it, and who notifies the payer. */
  claim: 'bank' | 'payee' | null;
  /** Every channel that was considered, in order. */
  steps: RouteStep[];
  /** A short reason why other channels were not used. */
  reason: string | null;
}

export interface RouteInput {
  /** Null: the first possible one of eFaktura, AvtaleGiro, Peppol, e-mail, print. */
  channel: SendChannel | null;
  /** Instead of the customer’s. */
  email: string | null;
  /** Channels that have failed, with their errors. */
  failed: ReadonlyMap<SendChannel, string>;
}

const NONE: ConsumerWays = {
  efaktura: { not: { nb: 'eFaktura er ikke satt opp', en: 'eFaktura is not set up' } },
  claim: { not: { nb: 'AvtaleGiro er ikke satt opp', en: 'AvtaleGiro is not set up' } },
};

/**
 * Chooses the channel of a document. Errors, if a channel was requested by name: invoices.no_consumer_way, no_carrier,
 * no_recipient.
 */
export async function routeInvoice(
  platform: Platform,
  clientAccountId: number,
  loaded: LoadedInvoice,
  input: RouteInput,
): Promise<InvoiceRoute> {
  const route = new Route(loaded, input);
  const { channel } = input;
  if (channel === null || channel === 'EFAKTURA' || channel === 'AVTALEGIRO') {
    const chosen = route.toConsumer(await consumerWays(platform, clientAccountId, loaded));
    if (chosen) return chosen;
  }
  if (channel === null || channel === 'PEPPOL') {
    const chosen = await route.overPeppol(platform, clientAccountId);
    if (chosen) return chosen;
  }
  return route.byMailOrPrint();
}

function consumerWays(platform: Platform, clientAccountId: number, { facts }: LoadedInvoice): Promise<ConsumerWays> {
  const channels = platform.outside?.consumerChannels;
  if (!channels) return Promise.resolve(NONE);
  return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    channels.waysOf(platform, tx, { clientAccountId, id: facts.document.id }),
  );
}

class Route {
  readonly #loaded: LoadedInvoice;
  readonly #input: RouteInput;
  readonly #steps: RouteStep[] = [];
  #reason: string | null = null;

  constructor(loaded: LoadedInvoice, input: RouteInput) {
    this.#loaded = loaded;
    this.#input = input;
    for (const [channel, why] of input.failed)
      this.#passOver(channel, { nb: `ble avvist: ${why}`, en: `was refused: ${why}` });
    const [last] = [...input.failed].slice(-1);
    if (last) this.#reason = `${NAMES[last[0]]}: ${last[1]}`;
  }

  get #email(): string | null {
    return this.#input.failed.has('EMAIL') ? null : (this.#input.email ?? this.#loaded.facts.buyer.email);
  }

  /**
   * eFaktura, with the claim if there is a mandate; else the claim alone, with the notice that the agreement and the payer
   * ask for.
   */
  toConsumer({ efaktura, claim }: ConsumerWays): InvoiceRoute | null {
    const { channel, failed } = this.#input;
    const canClaim = !('not' in claim) && !failed.has('AVTALEGIRO');
    if (channel !== 'AVTALEGIRO' && !failed.has('EFAKTURA')) {
      if (!('not' in efaktura)) {
        // With eFaktura the claim never has the bank's notice: the eFaktura is the notice.
        const withClaim = canClaim && channel === null ? 'payee' : null;
        return this.#take('EFAKTURA', efaktura.recipient, withClaim, {
          nb: withClaim ? 'kunden tar imot eFaktura, og har AvtaleGiro' : 'kunden tar imot eFaktura',
          en: withClaim ? 'the customer takes eFaktura, and has AvtaleGiro' : 'the customer takes eFaktura',
        });
      }
      if (channel === 'EFAKTURA') throw refused(efaktura.not);
      this.#passOver('EFAKTURA', efaktura.not);
    }
    if ('not' in claim) {
      if (channel === 'AVTALEGIRO') throw refused(claim.not);
      this.#passOver('AVTALEGIRO', claim.not);
      return null;
    }
    if (!canClaim) return null;
    if (!claim.wantsNotice)
      return this.#take('AVTALEGIRO', null, 'payee', {
        nb: 'betaleren har AvtaleGiro og vil ikke ha varsel',
        en: 'the payer has AvtaleGiro and wants no notice',
      });
    if (channel === null && claim.byEmail && this.#email)
      return this.#take('EMAIL', this.#email, 'payee', {
        nb: 'betaleren har AvtaleGiro, og varsles av oss på e-post',
        en: 'the payer has AvtaleGiro, and is told by us by e-mail',
      });
    if (channel === null && claim.byPrint)
      return this.#take('PRINT', null, 'payee', {
        nb: 'betaleren har AvtaleGiro, og varsles av oss på papir',
        en: 'the payer has AvtaleGiro, and is told by us on paper',
      });
    if (claim.canBankNotify)
      return this.#take('AVTALEGIRO', null, 'bank', {
        nb: 'betaleren har AvtaleGiro, og varsles av banken',
        en: 'the payer has AvtaleGiro, and is told by the bank',
      });
    const late = {
      nb: 'fristen for varsel fra banken er ute, og avtalen har ikke varsel fra oss',
      en: 'the deadline for the bank’s notice has passed, and the agreement has no notice by us',
    };
    if (channel === 'AVTALEGIRO') throw refused(late);
    this.#passOver('AVTALEGIRO', late);
    return null;
  }

  async overPeppol({ outside }: Platform, clientAccountId: number): Promise<InvoiceRoute | null> {
    const { channel, failed } = this.#input;
    const { made } = this.#loaded;
    const { endpoint } = made.invoice.buyer;
    const carrier = outside?.invoiceCarrier;
    if (failed.has('PEPPOL')) return null;
    if (!carrier || !endpoint) {
      const not = carrier
        ? { nb: 'kunden har ikke organisasjonsnummer', en: 'the customer has no organisation number' }
        : { nb: 'ingen tilknytning er satt opp', en: 'no connection is set up' };
      if (channel === 'PEPPOL') throw invoiceErrors.no_carrier({ reason_nb: not.nb, reason_en: not.en });
      this.#passOver('PEPPOL', not);
      return null;
    }
    const participant = `${endpoint.scheme}:${endpoint.value}`;
    const can = await carrier.canReceive({ clientAccountId, participant }, made.invoice.kind);
    if (can === 'yes')
      return this.#take('PEPPOL', participant, null, { nb: 'kunden tar imot EHF', en: 'the customer takes EHF' });
    const not = { nb: `mottakeren svarer ${can}`, en: `the receiver is ${can}` };
    if (channel === 'PEPPOL') throw invoiceErrors.no_carrier({ reason_nb: not.nb, reason_en: not.en });
    this.#passOver('PEPPOL', not);
    this.#reason = `Peppol: ${can}`;
    return null;
  }

  byMailOrPrint(): InvoiceRoute {
    const { channel } = this.#input;
    const address = this.#email;
    if (channel === 'EMAIL' && !address) throw invoiceErrors.no_recipient();
    if (channel !== 'PRINT' && address)
      return this.#take('EMAIL', address, null, {
        nb: 'kunden har e-postadresse',
        en: 'the customer has an e-mail address',
      });
    if (channel === null && !this.#input.failed.has('EMAIL'))
      this.#passOver('EMAIL', { nb: 'kunden har ingen e-postadresse', en: 'the customer has no e-mail address' });
    return this.#take('PRINT', null, null, { nb: 'ingen annen vei er åpen', en: 'no other way is open' });
  }

  #passOver(channel: SendChannel, { nb, en }: Text): void {
    this.#steps.push({ channel, taken: false, nb, en });
  }

  #take(channel: SendChannel, recipient: string | null, claim: InvoiceRoute['claim'], because: Text): InvoiceRoute {
    const { nb, en } = this.#input.channel === null ? because : { nb: 'valgt av brukeren', en: 'chosen by the user' };
    const steps = [...this.#steps, { channel, taken: true, nb, en }];
    return { channel, recipient, claim, steps, reason: this.#reason };
  }
}

function refused({ nb, en }: Text) {
  return invoiceErrors.no_consumer_way({ reason_nb: nb, reason_en: en });
}

const NAMES: Record<SendChannel, string> = {
  EFAKTURA: 'eFaktura',
  AVTALEGIRO: 'AvtaleGiro',
  PEPPOL: 'Peppol',
  EMAIL: 'E-mail',
  PRINT: 'Print',
};
