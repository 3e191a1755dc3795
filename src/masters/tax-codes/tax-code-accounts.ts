import sql from 'sql-template-tag';
import { relatedAccounts } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { accountRows } from '../accounts/general-ledger-account.ts';
import type { TaxCodeView } from './tax-code.ts';

/** The relations `tax_account` (output VAT) and `acquisition_tax_account` (input VAT). */
export async function attachTaxAccounts(
  tx: Transaction,
  clientAccountId: number,
  codes: readonly TaxCodeView[],
  asked: ReadonlySet<string>,
  language: Language,
): Promise<void> {
  const relations = (['tax_account', 'acquisition_tax_account'] as const).filter((name) => asked.has(name));
  if (relations.length === 0) return;
  const wanted = codes.flatMap((code) => relations.map((name) => code[`${name}_code`])).filter((code) => code !== null);
  const rows = await accountRows(
    tx,
    { clientAccountId },
    sql`where account_code = any(${[...new Set(wanted)]}::text[])`,
  );
  const accounts = relatedAccounts(rows, language);
  for (const code of codes) for (const name of relations) code[name] = accounts.get(code[`${name}_code`] ?? '') ?? null;
}
