import sql, { raw } from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { CONSUMER_COLUMNS, consumerJson, type ConsumerRow } from './consumer-agreement.ts';

export interface ConsumerRequest {
  reference_number: string;
  customer_number?: string | null;
  name?: string | null;
  phone?: string | null;
  email?: string | null;
  postal_code?: string | null;
  city?: string | null;
}

/**
 * Adds a consumer, or asks one for consent again whose agreement ended (DELETED, REJECTED, ERROR). The facts of a known
 * consumer are replaced; its state is kept while it is pending or active. The next round asks the network.
 */
export const requestConsumer = writeOperation({
  name: 'consumer_invoicing.consumers.request',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, now, audit }, input: ConsumerRequest) {
    const {
      reference_number: reference,
      customer_number: customer = null,
      name = null,
      phone = null,
      email = null,
    } = input;
    const { postal_code: postalCode = null, city = null } = input;
    const id = await takeIds(tx, clientAccountId);
    const before = await tx.maybe<ConsumerRow>(sql`
      select ${raw(CONSUMER_COLUMNS)} from consumer_agreements
      where client_account_id = ${clientAccountId} and reference_nr = ${reference} for update`);
    const after = await tx.one<ConsumerRow>(sql`
      insert into consumer_agreements as c (client_account_id, id, reference_nr, customer_nr, name, phone, email, postal_code, city,
        state, created_at, updated_at)
      values (${clientAccountId}, ${id}, ${reference}, ${customer}, ${name}, ${phone}, ${email}, ${postalCode}, ${city}, 'NEW',
        ${now}, ${now})
      on conflict (client_account_id, reference_nr) do update set customer_nr = excluded.customer_nr, name = excluded.name,
        phone = excluded.phone, email = excluded.email, postal_code = excluded.postal_code, city = excluded.city,
        state = case when c.state in ('DELETED', 'REJECTED', 'ERROR') then 'NEW' else c.state end,
        state_reason = case when c.state in ('DELETED', 'REJECTED', 'ERROR') then null else c.state_reason end,
        looked_up_at = case when c.state in ('DELETED', 'REJECTED', 'ERROR') then null else c.looked_up_at end,
        updated_at = excluded.updated_at
      returning ${raw(CONSUMER_COLUMNS)}`);
    const shown = consumerJson(after);
    audit({
      recordType: 'consumer_agreement',
      recordId: after.id,
      before: before ? consumerJson(before) : null,
      after: shown,
    });
    return shown;
  },
});

/** The company no longer invoices the consumer this way: ACTIVE and ACCEPTED become DELETED, earlier states REJECTED. */
export const endConsumer = writeOperation({
  name: 'consumer_invoicing.consumers.end',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, now, audit }, { referenceNr }: { referenceNr: string }) {
    const before = await tx.maybe<ConsumerRow>(sql`
      select ${raw(CONSUMER_COLUMNS)} from consumer_agreements
      where client_account_id = ${clientAccountId} and reference_nr = ${referenceNr} for update`);
    if (!before) throw consumerInvoicingErrors.consumer_unknown();
    const ended = before.state === 'ACTIVE' || before.state === 'ACCEPTED' ? 'DELETED' : 'REJECTED';
    if (!['NEW', 'REQUEST_SENT', 'ACCEPTED', 'ACTIVE'].includes(before.state))
      throw consumerInvoicingErrors.consumer_state({ state: before.state, wanted: ended });
    const after = await tx.one<ConsumerRow>(sql`
      update consumer_agreements set state = ${ended}, state_reason = 'ended by the issuer', updated_at = ${now}
      where client_account_id = ${clientAccountId} and id = ${before.id} returning ${raw(CONSUMER_COLUMNS)}`);
    const shown = consumerJson(after);
    audit({ recordType: 'consumer_agreement', recordId: before.id, before: consumerJson(before), after: shown });
    return shown;
  },
});
