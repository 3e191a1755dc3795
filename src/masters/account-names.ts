import sql from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Language } from '../platform/errors.ts';
import { accountRows } from './general-ledger-account.ts';

export interface AccountGroup {
  code: string;
  name: string;
}

/** An account as reports print it. */
export interface AccountName {
  code: string;
  name: string;
  type: 'asset' | 'liability' | 'equity' | 'revenue' | 'expense' | 'appropriation';
  normalSide: 'debit' | 'credit';
  level1: AccountGroup;
  level2: AccountGroup;
  level3: AccountGroup;
  saftCategory: string;
  saftCode: string;
  /** Line of the statutory layout (regnskapsloven § 6-1, § 6-2), where the account has one. */
  statementLine: string | null;
  flags: readonly string[];
  isActive: boolean;
}

/**
 * All accounts of a client account by code (the national chart, its own and its changes to it), in order of code, named
 * and grouped for SAF-T as they were on `asOf`: old specifications print as they were (requirement B9). One query.
 */
export async function accountNames(
  tx: Transaction,
  clientAccountId: number,
  asOf: LocalDate,
  language: Language,
): Promise<Map<string, AccountName>> {
  const rows = await accountRows(tx, { clientAccountId, asOf }, sql`order by account_code`);
  const english = language === 'en';
  return new Map(
    rows.map((row) => [
      row.account_code,
      {
        code: row.account_code,
        name: english ? row.name_en : row.name_nb,
        type: row.account_type,
        normalSide: row.normal_side,
        level1: { code: row.group_1, name: english ? row.group_1_en : row.group_1_nb },
        level2: { code: row.group_2, name: english ? row.group_2_en : row.group_2_nb },
        level3: { code: row.group_3, name: english ? row.group_3_en : row.group_3_nb },
        saftCategory: row.saft_category,
        saftCode: row.saft_code,
        statementLine: row.statement_line,
        flags: row.flags,
        isActive: row.is_active,
      },
    ]),
  );
}
