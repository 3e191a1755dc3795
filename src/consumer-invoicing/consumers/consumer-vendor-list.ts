import sql, { raw } from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { CONSUMER_COLUMNS, consumerJson, type ConsumerRow } from './consumer-agreement.ts';
import { consumerCondition, type ConsumerFilter } from './consumer-filter.ts';
import { MOST_CONSUMERS } from './consumer-list.ts';

/** Consumers of every company that the partner's software serves; companies without matches are omitted. */
export const listVendorConsumers = readOperation({
  name: 'consumer_invoicing.consumers.vendor-list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { keyId, filter }: { keyId: number | null; filter: ConsumerFilter }) {
    const key = await tx.maybe(sql`
      select 1 as found from consumer_invoicing_keys
      where id = ${keyId} and kind = 'vendor' and company_id = ${clientAccountId} and revoked_at is null`);
    if (!key) throw consumerInvoicingErrors.vendor_key_not_owned();
    const companies = await tx.rows<{ id: number; uuid: string }>(sql`
      select c.id, c.uuid from consumer_invoicing_vendor_companies v join client_accounts c on c.id = v.company_id
      where v.vendor_key_id = ${keyId} and c.is_active order by c.id`);
    const ids = companies.map(({ id }) => id);
    await tx.see(ids);
    const rows = await tx.rows<ConsumerRow & { client_account_id: number }>(sql`
      select client_account_id, ${raw(CONSUMER_COLUMNS)} from consumer_agreements where ${consumerCondition(ids, filter)}
      order by client_account_id, updated_at, id limit ${MOST_CONSUMERS}`);
    return companies
      .map(({ id, uuid }) => ({
        company_uuid: uuid,
        consumers: rows.filter((row) => row.client_account_id === id).map(consumerJson),
      }))
      .filter(({ consumers }) => consumers.length > 0);
  },
});
