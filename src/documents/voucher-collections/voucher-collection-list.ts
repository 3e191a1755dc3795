import sql from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { attachRelations } from '../../platform/http/relations.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { attachVouchers, collectionRows } from './voucher-collection.ts';

const ORDER = { id: 'id', name: 'name collate nb_no', created_at: 'created_at', updated_at: 'updated_at' };

export const listCollections = readOperation({
  name: 'voucher-collection.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: Page & { orderBy?: string | undefined; with: ReadonlySet<string> }) {
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from voucher_collections where client_account_id = ${clientAccountId}`,
    );
    const tail = sql`${orderBy(input.orderBy, ORDER, 'name asc')} ${limitOffset(input)}`;
    const collections = await collectionRows(tx, clientAccountId, tail);
    await attachRelations(tx, collections, input.with);
    if (input.with.has('vouchers')) await attachVouchers(tx, clientAccountId, collections);
    return envelope(collections, input, records);
  },
});
