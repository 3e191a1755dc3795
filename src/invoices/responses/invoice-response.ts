import sql, { type Sql } from 'sql-template-tag';
import type { ResponseStatus } from '../../ehf/index.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { ContentView, contentView, type ResponseContent } from './response-content.ts';

/** Limit of answers to one invoice, including those that were not delivered. */
export const MOST_RESPONSES = 100;

const NText = nullable(Type.String());
export const InvoiceResponseView = strict({
  id: Id,
  received_invoice_id: Id,
  ...ContentView,
  recipient: Type.String({ description: 'A participant of the network' }),
  status: Type.Enum(['QUEUED', 'SENT', 'FAILED'], { description: 'SENT: the supplier’s access point has it' }),
  attempts: Type.Integer(),
  reason: { ...NText, description: 'Why the last attempt failed' },
  external_id: NText,
  created_at: TimeText,
  created_by_id: nullable(Id),
  sent_at: nullable(TimeText),
});
export type InvoiceResponseView = Static<typeof InvoiceResponseView>;

/** A stored answer to a received invoice. */
export interface InvoiceResponseRow {
  id: number;
  received_invoice_id: number;
  status_code: ResponseStatus;
  content: ResponseContent;
  recipient: string;
  document: string;
  status: 'QUEUED' | 'SENT' | 'FAILED';
  attempts: number;
  reason: string | null;
  external_id: string | null;
  created_at: Date;
  created_by_id: number | null;
  sent_at: Date | null;
}

/** Answers that a client account gave; `tail`: filter and order in SQL. */
export function invoiceResponses(tx: Transaction, clientAccountId: number, tail: Sql): Promise<InvoiceResponseRow[]> {
  return tx.rows<InvoiceResponseRow>(sql`
    select id, received_invoice_id, status_code, content, recipient, document, status, attempts, reason, external_id, created_at,
      created_by_id, sent_at
    from invoice_responses where client_account_id = ${clientAccountId} ${tail}`);
}

export function responseView(row: InvoiceResponseRow): InvoiceResponseView {
  const { document: _, status_code, content, created_at, sent_at, ...others } = row;
  return {
    ...others,
    ...contentView(status_code, content),
    created_at: isoSeconds(created_at),
    sent_at: sent_at && isoSeconds(sent_at),
  };
}

/** Every answer to a received invoice, the latest first. */
export const listInvoiceResponses = readOperation({
  name: 'received-invoice.responses',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { id }: { id: number }) {
    const rows = await invoiceResponses(
      tx,
      clientAccountId,
      sql`and received_invoice_id = ${id} order by id desc limit ${MOST_RESPONSES}`,
    );
    return { data: rows.map(responseView) };
  },
});
