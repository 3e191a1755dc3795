import sql from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { findReceived, receivedInvoices, type ReceivedStatus } from './received-invoice.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

export const listReceivedInvoices = readOperation({
  name: 'received-invoice.list',
  access,
  async run({ tx, clientAccountId }, input: Page & { status: ReceivedStatus | null }) {
    const filter = sql`and (${input.status}::text is null or r.status = ${input.status})`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from received_invoices r where r.client_account_id = ${clientAccountId} ${filter}`,
    );
    const rows = await receivedInvoices(tx, clientAccountId, sql`${filter} order by r.id desc ${limitOffset(input)}`);
    return envelope(rows, input, records);
  },
});

export const getReceivedInvoice = readOperation({
  name: 'received-invoice.get',
  access,
  run: ({ tx, clientAccountId }, { id }: { id: number }) => findReceived(tx, clientAccountId, id),
});
