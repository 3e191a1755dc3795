import sql from 'sql-template-tag';
import { isoSeconds } from '../kernel/clock.ts';
import { READERS } from '../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../platform/http/paging.ts';
import { Id, nullable, strict, TimeText, Type } from '../platform/http/schema.ts';
import { readOperation } from '../platform/operation.ts';
import { ADD_ONS, type AddOn } from './add-on.ts';

export const OrderView = strict({
  code: Type.Enum([...ADD_ONS]),
  type: Type.Literal('ADD_ON'),
  quantity: Type.Integer(),
  created_at: TimeText,
  created_by_id: nullable(Id),
});

/** The current orders of the client account. */
export const listOrders = readOperation({
  name: 'billing.orders',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, page: Page) {
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from billing_add_ons where client_account_id = ${clientAccountId}`,
    );
    const rows = await tx.rows<{ code: AddOn; added_at: Date; added_by_id: number | null }>(sql`
      select code, added_at, added_by_id from billing_add_ons where client_account_id = ${clientAccountId}
      order by code ${limitOffset(page)}`);
    const orders = rows.map(({ code, added_at, added_by_id }) => ({
      code,
      type: 'ADD_ON' as const,
      quantity: 1,
      created_at: isoSeconds(added_at),
      created_by_id: added_by_id,
    }));
    return envelope(orders, page, records);
  },
});
