import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { AccountRow } from './general-ledger-account.ts';

/** Before any entry: the version of an account for days before its first rename. */
const ALWAYS: LocalDate = '0001-01-01';

type Named = Pick<AccountRow, 'account_code' | 'name_nb' | 'name_en' | 'saft_category' | 'saft_code'>;

/**
 * Stores name and grouping of an account if either changed: the former version from the beginning (if none is stored
 * yet), the new one from `today`. A second change on the same day replaces the first (requirement B9).
 */
export async function keepNames(
  tx: Transaction,
  clientAccountId: number,
  { before, after, today, userId }: { before: Named; after: Named; today: LocalDate; userId: number },
): Promise<void> {
  const same = (['name_nb', 'name_en', 'saft_category', 'saft_code'] as const).every(
    (field) => before[field] === after[field],
  );
  if (same) return;
  await tx.execute(sql`
    insert into client_gl_account_versions (client_account_id, account_code, valid_from, name_nb, name_en, saft_category,
      saft_code, created_by_id)
    select ${clientAccountId}, ${before.account_code}, ${ALWAYS}, ${before.name_nb}, ${before.name_en},
      ${before.saft_category}, ${before.saft_code}, ${userId}
    where not exists (select 1 from client_gl_account_versions
      where client_account_id = ${clientAccountId} and account_code = ${before.account_code})`);
  await tx.execute(sql`
    insert into client_gl_account_versions (client_account_id, account_code, valid_from, name_nb, name_en, saft_category,
      saft_code, created_by_id)
    values (${clientAccountId}, ${after.account_code}, ${today}, ${after.name_nb}, ${after.name_en},
      ${after.saft_category}, ${after.saft_code}, ${userId})
    on conflict (client_account_id, account_code, valid_from) do update set name_nb = excluded.name_nb,
      name_en = excluded.name_en, saft_category = excluded.saft_category, saft_code = excluded.saft_code,
      created_at = now(), created_by_id = excluded.created_by_id`);
}
