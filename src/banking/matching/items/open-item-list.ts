import sql from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { formatAmount } from '../../../kernel/money.ts';
import { READERS } from '../../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../../platform/http/paging.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../../platform/http/schema.ts';
import { readOperation } from '../../../platform/operation.ts';
import { openItemOf, type OpenItemRow, openItemsSelect, openLinesSelect } from './open-items.ts';

const NText = nullable(Type.String());

export const OpenItemView = strict({
  journal_entry_id: Id,
  line_number: Type.Integer(),
  account_code: Type.String(),
  side: Type.Enum(['customer', 'supplier']),
  entry_date: DateText,
  due_date: nullable(DateText),
  business_partner_id: nullable(Id),
  document_id: nullable(Id),
  amount: Type.String({ description: 'Debit positive: owed to us' }),
  remaining_amount: Type.String(),
  currency_code: NText,
  currency_remaining_amount: NText,
  payment_reference: NText,
  document_reference: NText,
});
export type OpenItemView = Static<typeof OpenItemView>;

export interface ListOpenItems extends Page {
  side: 'customer' | 'supplier' | null;
  businessPartnerId: number | null;
  date: LocalDate | null;
}

/** Lines of the subsidiary ledgers with their open amounts, the oldest first; `date`: as of that day. */
export const listOpenItems = readOperation({
  name: 'open-item.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: ListOpenItems) {
    await tx.execute(sql`set local enable_nestloop = off`);
    const partner = input.businessPartnerId;
    const scope = {
      at: input.date,
      side: input.side,
      where: partner === null ? sql`true` : sql`l.business_partner_id = ${partner}`,
    };
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from (${openLinesSelect(clientAccountId, scope)}) i`);
    const rows = await tx.rows<OpenItemRow>(sql`
      select i.* from (${openItemsSelect(clientAccountId, scope)}) i
      order by coalesce(i.due_date, i.entry_date), i.entry_id, i.line_no ${limitOffset(input)}`);
    const data = rows.map(openItemOf).map((item): OpenItemView => ({
      journal_entry_id: item.entry_id,
      line_number: item.line_no,
      account_code: item.account_code,
      side: item.side,
      entry_date: item.entry_date,
      due_date: item.due_date,
      business_partner_id: item.business_partner_id,
      document_id: item.document_id,
      amount: formatAmount(item.amount),
      remaining_amount: formatAmount(item.remaining),
      currency_code: item.currency_code,
      currency_remaining_amount: item.currency_remaining === null ? null : formatAmount(item.currency_remaining),
      payment_reference: item.payment_reference,
      document_reference: item.document_reference,
    }));
    return envelope(data, input, records);
  },
});
