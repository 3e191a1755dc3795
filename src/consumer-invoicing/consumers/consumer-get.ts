import sql, { raw } from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { CONSUMER_COLUMNS, consumerJson, type ConsumerRow } from './consumer-agreement.ts';

/** Only of the given company. Throws consumer_invoicing.consumer_unknown (404). */
export const getConsumer = readOperation({
  name: 'consumer_invoicing.consumers.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { referenceNr }: { referenceNr: string | null }) {
    const found = await tx.maybe<ConsumerRow>(sql`
      select ${raw(CONSUMER_COLUMNS)} from consumer_agreements
      where client_account_id = ${clientAccountId} and reference_nr = ${referenceNr}`);
    if (!found) throw consumerInvoicingErrors.consumer_unknown();
    return consumerJson(found);
  },
});
