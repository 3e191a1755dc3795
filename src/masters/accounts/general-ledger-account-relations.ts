import sql from 'sql-template-tag';
import { dateInNorway } from '../../kernel/local-date.ts';
import { amountAsNumber, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, type Language, problem } from '../../platform/errors.ts';
import type { AccountRow, AccountView } from './general-ledger-account.ts';
import { type TaxCodeView, taxCodes } from '../tax-codes/tax-code.ts';

export const ACCOUNT_RELATIONS = ['mandatory_dimensions', 'tax_codes', 'tax_codes.tax_code', 'statistics'] as const;

/** VAT codes and figures belong to a client account; the national chart has none. */
export function requireClientAccount(asked: ReadonlySet<string>, clientAccountId: number | undefined): void {
  if (clientAccountId !== undefined) return;
  const needing = ACCOUNT_RELATIONS.filter((name) => name !== 'mandatory_dimensions' && asked.has(name));
  if (needing.length === 0) return;
  const names = needing.join(', ');
  throw invalid([problem('client_account_id', `is required with ${names}`, `må oppgis sammen med ${names}`)]);
}

export async function attachAccountRelations(
  tx: Transaction,
  clientAccountId: number | null,
  pairs: readonly { row: AccountRow; view: AccountView }[],
  { asked, language, now }: { asked: ReadonlySet<string>; language: Language; now: Date },
): Promise<void> {
  if (asked.has('mandatory_dimensions'))
    for (const { row, view } of pairs) view.mandatory_dimensions = row.mandatory_dimensions;
  if (clientAccountId === null) return;
  if (asked.has('tax_codes') || asked.has('tax_codes.tax_code')) {
    const codes = await taxCodes(tx, clientAccountId, { date: dateInNorway(now), language });
    const nested = asked.has('tax_codes.tax_code');
    for (const { row, view } of pairs) {
      view.tax_codes = fitting(row, codes).map((code) => ({
        tax_code_id: code.id,
        code: code.code,
        is_default: code.code === row.default_tax_code,
        ...(nested ? { tax_code: code } : {}),
      }));
    }
  }
  if (asked.has('statistics')) await attachStatistics(tx, clientAccountId, pairs);
}

/** Sales codes fit income, purchase and reverse charge codes fit costs and assets; an account without VAT has none. */
function fitting(row: AccountRow, codes: readonly TaxCodeView[]): TaxCodeView[] {
  if (row.default_tax_code === null) return [];
  const income = row.account_type === 'revenue';
  return codes.filter(
    ({ direction, standard_code: standard, code, active_to: end }) =>
      end === null &&
      (code === row.default_tax_code ||
        (direction === 'none' ? (standard === '7') === income : (direction === 'sale') === income)),
  );
}

async function attachStatistics(
  tx: Transaction,
  clientAccountId: number,
  pairs: readonly { row: AccountRow; view: AccountView }[],
): Promise<void> {
  const codes = pairs.map(({ row }) => row.account_code);
  const rows = await tx.rows<{ account_code: string; debit: string; credit: string; last_month: string }>(sql`
    select account_code, sum(debit) as debit, sum(credit) as credit, max(month) as last_month
    from (
      select account_code, month, debit, credit from account_balances
      where client_account_id = ${clientAccountId} and account_code = any(${codes}::text[])
      union all
      select account_code, month, debit, credit from balance_deltas
      where client_account_id = ${clientAccountId} and account_code = any(${codes}::text[])
    ) b
    group by account_code`);
  const found = new Map(rows.map((row) => [row.account_code, row]));
  for (const { row, view } of pairs) {
    const sums = found.get(row.account_code);
    const [debit, credit] = [ore(sums?.debit ?? 0), ore(sums?.credit ?? 0)];
    view.statistics = {
      debit: amountAsNumber(debit),
      credit: amountAsNumber(credit),
      balance: amountAsNumber(debit - credit),
      last_month: sums?.last_month ?? null,
    };
  }
}
