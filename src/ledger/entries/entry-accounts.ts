import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { textArray } from '../../platform/database/arrays.ts';
import type { EntryView } from './entry-view.ts';

interface RelatedAccountRow {
  id: number;
  account_code: string;
  name_nb: string;
  name_en: string;
  mandatory_dimensions: string[];
}

/** Accounts inside other records, by code. */
export function relatedAccounts(rows: readonly RelatedAccountRow[], language: Language) {
  return new Map(
    rows.map((row) => [
      row.account_code,
      {
        id: row.id,
        account_code: row.account_code,
        description: language === 'en' ? row.name_en : row.name_nb,
        mandatory_dimensions: row.mandatory_dimensions,
      },
    ]),
  );
}

/** Adds the account to every line: id, code, description in the language, mandatory dimensions. */
export async function attachAccounts(
  tx: Transaction,
  clientAccountId: number,
  entries: readonly EntryView[],
  language: Language,
): Promise<void> {
  const codes = [...new Set(entries.flatMap((entry) => entry.lines.map((line) => line.account_code)))];
  const rows = await tx.rows<RelatedAccountRow>(sql`
    select coalesce(c.id, g.id) as id, coalesce(c.account_code, g.account_code) as account_code,
      coalesce(c.name_nb, g.name_nb) as name_nb, coalesce(c.name_en, g.name_en) as name_en,
      coalesce(c.mandatory_dimensions, g.mandatory_dimensions) as mandatory_dimensions
    from (select account_code, id, name_nb, name_en, mandatory_dimensions from client_gl_accounts
      where client_account_id = ${clientAccountId} and account_code = any(${textArray(codes)}::text[])) c
    full join (select account_code, id, name_nb, name_en, mandatory_dimensions from gl_accounts
      where account_code = any(${textArray(codes)}::text[])) g on g.account_code = c.account_code`);
  const accounts = relatedAccounts(rows, language);
  for (const entry of entries) {
    for (const line of entry.lines) {
      const account = accounts.get(line.account_code);
      if (account) line.account = account;
    }
  }
}
