import { isoSeconds } from '../../kernel/clock.ts';
import { formatAmount } from '../../kernel/money.ts';
import type { Reading } from '../../ledger/index.ts';
import type { DocumentView } from './document.ts';
import type { Values } from './document-input.ts';
import { decide } from './document-decide.ts';
import { invoiceColumns } from './invoice-fields.ts';

/** The draft that an input would become: all checks of a draft are run, and nothing is written. */
export async function previewDocument(
  { tx, clientAccountId, caller, now }: Pick<Reading, 'tx' | 'clientAccountId' | 'caller' | 'now'>,
  input: Values,
): Promise<DocumentView> {
  const draft = { ...input, document_status: 'DRAFT' as const };
  const { facts, checked, gross, tax, rounding } = await decide(tx, clientAccountId, draft);
  const text = (amount: bigint | null) => (amount === null ? null : formatAmount(amount));
  return {
    id: 0,
    client_account_id: clientAccountId,
    ...facts,
    ...invoiceColumns(input),
    document_status: 'DRAFT',
    payment_status: 'UNPAID',
    payor_id: input.payor_id ?? null,
    collector_id: input.collector_id ?? null,
    journal_entry_id: null,
    journal_entry_line_number: null,
    exchange_rate: input.exchange_rate ?? null,
    vat_rounding: rounding,
    gross_amount: formatAmount(gross),
    net_amount: checked.lines.length > 0 ? formatAmount(checked.net) : null,
    tax_amount: text(tax),
    pending_payment_amount: formatAmount(gross),
    is_payable: false,
    is_unpaid: true,
    is_active: true,
    created_at: isoSeconds(now),
    created_by_id: caller.userId,
    updated_at: isoSeconds(now),
    updated_by_id: caller.userId,
    attachment_ids: input.attachment_ids ?? [],
    lines: checked.lines.map(({ accountCode, amount, taxCode, description, dimensions, goods }, i) => ({
      line_number: i + 1,
      account_code: accountCode,
      description,
      amount: formatAmount(amount),
      tax_code: taxCode,
      quantity: goods.quantity,
      unit_code: goods.unit_code,
      unit_price: goods.unit_price,
      discount_amount: text(goods.discount_amount),
      discount_reason: goods.discount_reason,
      charge_amount: text(goods.charge_amount),
      charge_reason: goods.charge_reason,
      item_code: goods.item_code,
      dimensions,
    })),
    payment_lines: [],
  };
}
