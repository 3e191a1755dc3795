import sql from 'sql-template-tag';
import type { ConsumerChannels, ConsumerWays } from '../../invoices/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Text } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { addClaim } from '../avtalegiro/claims/claim-add.ts';
import { CLAIM_REASONS } from '../avtalegiro/claims/claim-reasons.ts';
import { claimTerms } from '../avtalegiro/claims/claim-terms.ts';
import { isBeforeDeadline, lastDayToSend } from '../avtalegiro/files/claim-deadline.ts';
import { CONSUMER_STATE_WORDS } from '../consumers/consumer-state-words.ts';
import type { ConsumerState } from '../consumers/consumer-agreement.ts';
import { networkOf } from '../network.ts';

/** eFaktura and AvtaleGiro, for the invoices that choose among them. */
export const consumerChannels: ConsumerChannels = {
  async waysOf(platform, tx, { clientAccountId, id }) {
    const now = platform.clock.now();
    const terms = await claimTerms(tx, clientAccountId, id, now);
    return {
      efaktura: await efakturaWay(platform, tx, clientAccountId, id),
      claim:
        'not' in terms
          ? { not: CLAIM_REASONS[terms.not] }
          : {
              wantsNotice: terms.wantsNotice,
              ...terms.notices,
              canBankNotify: isBeforeDeadline(lastDayToSend(terms.dueDate, 'bank'), now),
            },
    };
  },

  async claim(tx, { clientAccountId, documentId, notice, specification, now, userId }) {
    const terms = await claimTerms(tx, clientAccountId, documentId, now);
    if ('not' in terms || !isBeforeDeadline(lastDayToSend(terms.dueDate, notice), now)) return null;
    return (await addClaim(tx, { clientAccountId, terms, notice, specification, now, userId })).id;
  },

  async present(platform, document) {
    const { organization_number: issuer } = await platform.database.transaction(
      { clientAccounts: [document.clientAccountId], mode: 'read' },
      (tx) =>
        tx.one<{ organization_number: string }>(sql`
          select organization_number from client_accounts where id = ${document.clientAccountId}`),
    );
    const { state, id, reason } = await networkOf(platform).presentInvoice(issuer, {
      id: document.deliveryId,
      efakturaIdentifier: document.recipient,
      paymentType: document.hasClaim ? 'EFAKTURA_AND_EXTERNAL_AVTALEGIRO' : 'EFAKTURA',
      documentType: document.kind,
      documentNumber: document.number,
      brandName: document.sellerName.slice(0, 40),
      amount: document.amount,
      dueDate: document.dueDate,
      kid: document.kid,
      accountNumber: document.accountNumber,
      pdf: document.pdf,
    });
    if (state === 'ACCEPTED') return { state: 'taken', externalId: id };
    if (state === 'IN_PROGRESS') return { state: 'waiting', externalId: id };
    return { state: 'refused', reason: reason ?? state };
  },
};

/**
 * Whether the document's customer accepts eFaktura from this company: a person, ACTIVE, identified by the customer number,
 * or by the reference if the consumer has none.
 */
async function efakturaWay(
  { outside }: Platform,
  tx: Transaction,
  clientAccountId: number,
  documentId: number,
): Promise<ConsumerWays['efaktura']> {
  if (!outside?.efaktura) return not('eFaktura er ikke satt opp', 'eFaktura is not set up');
  const facts = await tx.one<{
    is_person: boolean;
    is_issuer: boolean;
    customer: string | null;
    organization: string | null;
  }>(sql`
    select p.organization_number is null as is_person, a.organization_number as organization,
      coalesce(p.customer_code, p.sequence_number::text) as customer,
      exists (select from issuer_agreements i where i.client_account_id = d.client_account_id and i.state = 'CONFIRMED') as is_issuer
    from documents d join client_accounts a on a.id = d.client_account_id
    left join business_partners p on p.client_account_id = d.client_account_id and p.id = d.business_partner_id
    where d.client_account_id = ${clientAccountId} and d.id = ${documentId}`);
  if (!facts.is_person) return not('eFaktura er for personer', 'eFaktura is for persons');
  if (!facts.is_issuer || facts.organization === null)
    return not('firmaet har ingen bekreftet utstederavtale', 'the company has no confirmed issuer agreement');
  const consumer = await tx.maybe<{ state: ConsumerState; identifier: string | null }>(sql`
    select state, efaktura_identifier as identifier from consumer_agreements
    where client_account_id = ${clientAccountId}
      and (customer_nr = ${facts.customer} or customer_nr is null and reference_nr = ${facts.customer})
    order by customer_nr is null, state = 'ACTIVE' desc, id limit 1`);
  if (!consumer) return not('kunden er ikke meldt på som forbruker', 'the customer is no known consumer');
  if (consumer.state !== 'ACTIVE' || consumer.identifier === null)
    return { not: CONSUMER_STATE_WORDS[consumer.state === 'ACTIVE' ? 'NEW' : consumer.state] };
  return { recipient: consumer.identifier };
}

function not(nb: string, en: string): { not: Text } {
  return { not: { nb, en } };
}
