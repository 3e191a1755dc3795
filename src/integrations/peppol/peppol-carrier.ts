import type { Database } from '../../platform/database/pool.ts';
import { findPeppol } from './peppol-connection.ts';
import type { Peppol } from './peppol.ts';
import type { Sending } from './access-point/access-point.ts';
import type { DocumentKind } from './identifiers.ts';

interface CarriedTo {
  clientAccountId: number;
  participant: string;
}

interface CarriedDocument extends CarriedTo {
  deliveryId: string;
  kind: DocumentKind;
  document: string;
}

type Carried = { taken: true; externalId: string } | { taken: false; reason: string };

/** The access point has the document and has not delivered it yet: ask again with the same id. */
class StillUnderWay extends Error {
  override name = 'StillUnderWay';
  constructor() {
    super('Peppol: under way');
  }
}

/**
 * Carries invoices, and answers to them, over the network (`InvoiceCarrier` of the invoices) for client accounts that have
 * switched it on.
 */
export class PeppolCarrier {
  readonly #peppol: Peppol;
  readonly #database: Database;

  constructor(peppol: Peppol, database: Database) {
    this.#peppol = peppol;
    this.#database = database;
  }

  async canReceive(
    { clientAccountId, participant }: CarriedTo,
    kind: DocumentKind,
  ): Promise<'yes' | 'not-registered' | 'cannot-take' | 'unknown' | 'sender-inactive'> {
    if ((await this.senderOf(clientAccountId)) === null) return 'sender-inactive';
    const reach = await this.#peppol.network.reach(participant, kind);
    return reach.kind === 'reachable' ? 'yes' : reach.kind;
  }

  /**
   * First asks for the status of the delivery: a delivery whose response was lost is found again and not repeated. Throws
   * the outbound errors, and `StillUnderWay`.
   */
  async send({ clientAccountId, participant, deliveryId, kind, document }: CarriedDocument): Promise<Carried> {
    const known = await this.#peppol.accessPoint.sendStatus(deliveryId);
    if (known.state !== 'NONE') return outcomeOf(known, deliveryId);
    const sender = await this.senderOf(clientAccountId);
    if (sender === null) return { taken: false, reason: 'Peppol: switched off' };
    const sent = await this.#peppol.accessPoint.send({
      id: deliveryId,
      sender,
      receiver: participant,
      kind,
      document,
    });
    return outcomeOf(sent, deliveryId);
  }

  /** The client account as a participant; null if it has not switched Peppol on. */
  async senderOf(clientAccountId: number): Promise<string | null> {
    const found = await this.#database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      findPeppol(tx, clientAccountId),
    );
    return found?.is_active ? found.participant : null;
  }
}

function outcomeOf({ state, reason, id }: Sending, deliveryId: string): Carried {
  if (state === 'SENT') return { taken: true, externalId: id ?? deliveryId };
  if (state === 'FAILED') return { taken: false, reason: reason ?? 'Peppol: not delivered' };
  throw new StillUnderWay();
}
