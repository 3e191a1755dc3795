import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { takeIds } from './head.ts';
import { STANDARD_TAX_CODES } from './vat/standard-tax-codes.ts';

/** Creates the ledger of a new client account: the standard VAT codes with their dated rates. */
export async function openLedger(tx: Transaction, clientAccountId: number): Promise<void> {
  const codes = STANDARD_TAX_CODES;
  const firstId = await takeIds(tx, clientAccountId, codes.length);
  await tx.execute(sql`
    insert into tax_codes (client_account_id, code, id, standard_code, category, direction, tax_account_code,
      acquisition_tax_account_code, deduction_percent, is_reverse_charge, is_import_paid, reportable, compensation,
      description_nb, description_en)
    select ${clientAccountId}, code, id, code, category, direction, output, deduction, percent, direction = 'reverse', paid,
      reportable, compensation, nb, en
    from unnest(${codes.map((c) => c.code)}::text[], ${codes.map((_, i) => firstId + i)}::bigint[],
      ${codes.map(categoryOf)}::text[], ${codes.map((c) => c.direction)}::text[], ${codes.map((c) => c.output ?? null)}::text[],
      ${codes.map((c) => c.deduction ?? null)}::text[], ${codes.map((c) => (c.deductible || c.direction !== 'reverse' ? 100 : 0))}::numeric[],
      ${codes.map((c) => c.importPaid ?? false)}::boolean[], ${codes.map((c) => c.reportable)}::boolean[],
      ${codes.map((c) => c.compensation)}::boolean[], ${codes.map((c) => c.nb)}::text[], ${codes.map((c) => c.en)}::text[])
      as t (code, id, category, direction, output, deduction, percent, paid, reportable, compensation, nb, en)`);
  const rates = codes.flatMap((code) => code.rates.map((rate) => ({ code: code.code, ...rate })));
  await tx.execute(sql`
    insert into tax_code_rates (client_account_id, code, valid_from, valid_to, rate)
    select ${clientAccountId}, code, valid_from, valid_to, rate
    from unnest(${rates.map((r) => r.code)}::text[], ${rates.map((r) => r.from)}::date[], ${rates.map((r) => r.to)}::date[],
      ${rates.map((r) => r.rate)}::numeric[]) as t (code, valid_from, valid_to, rate)`);
}

/** Purchases and acquisitions are input, sales are output; income that is not turnover is neither. */
function categoryOf(code: (typeof STANDARD_TAX_CODES)[number]): 'input' | 'output' | null {
  if (code.direction === 'sale' || code.code === '7') return 'output';
  return code.code === '0' || code.code === '20' ? null : 'input';
}
