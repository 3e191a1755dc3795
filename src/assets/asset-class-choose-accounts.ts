import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { invalid, type Language, problem, requestErrors } from '../platform/errors.ts';
import { writeOperation } from '../platform/operation.ts';
import { assetClass, assetClassView, type ClassAccounts } from './asset-class.ts';
import { accountsOf, chosenAccounts } from './asset-class-accounts.ts';

/**
 * Sets the accounts that assets of a class are posted to from now on. All three must be active accounts; the balance
 * sheet accounts must require the asset dimension, or the books could not distinguish assets. A class without
 * depreciation has only the first. Throws 400, 404.
 */
export const chooseClassAccounts = writeOperation({
  name: 'asset-class.choose-accounts',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(
    { tx, clientAccountId, caller, now, audit },
    input: { code: string; accounts: ClassAccounts; language: Language },
  ) {
    const each = assetClass(input.code);
    if (!each) throw requestErrors.not_found({ what: 'Asset class' });
    const { accounts } = input;
    const known = await accountsInUse(tx, clientAccountId, Object.values(accounts));
    const problems = (['asset', 'accumulated', 'expense'] as const).flatMap((role) => {
      const code = accounts[role];
      const path = `${role}_account`;
      if (each.method === 'none' && role !== 'asset')
        return code === null
          ? []
          : [
              problem(
                path,
                'must be null for a class that is not depreciated',
                'må være null for en klasse som ikke avskrives',
              ),
            ];
      const dimensions = code === null ? undefined : known.get(code);
      if (!dimensions) return [problem(path, `"${code}" is no account in use`, `«${code}» er ingen konto i bruk`)];
      if (role !== 'expense' && !dimensions.includes('asset'))
        return [
          problem(
            path,
            `account ${code} does not demand the asset dimension`,
            `konto ${code} krever ikke eiendel som dimensjon`,
          ),
        ];
      return [];
    });
    if (problems.length > 0) throw invalid(problems);
    const before = accountsOf(each, await chosenAccounts(tx, clientAccountId));
    await tx.execute(sql`
      insert into asset_class_accounts (client_account_id, asset_class, asset_account, accumulated_account, expense_account,
        updated_at, updated_by_id)
      values (${clientAccountId}, ${each.code}, ${accounts.asset}, ${accounts.accumulated}, ${accounts.expense}, ${now},
        ${caller.userId})
      on conflict (client_account_id, asset_class) do update set asset_account = excluded.asset_account,
        accumulated_account = excluded.accumulated_account, expense_account = excluded.expense_account,
        updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id`);
    audit({ recordType: 'asset_class', before, after: accounts });
    return assetClassView(each, input.language, accounts);
  },
});

/** The mandatory dimensions of those accounts that exist and are active. */
export async function accountsInUse(
  tx: Transaction,
  clientAccountId: number,
  codes: readonly (string | null)[],
): Promise<Map<string, readonly string[]>> {
  const rows = await tx.rows<{ account_code: string; mandatory_dimensions: string[] }>(sql`
    select coalesce(c.account_code, g.account_code) as account_code,
      coalesce(c.mandatory_dimensions, g.mandatory_dimensions) as mandatory_dimensions
    from (
      select account_code, is_active, mandatory_dimensions from client_gl_accounts
      where client_account_id = ${clientAccountId} and account_code = any(${codes}::text[])
    ) c
    full join (
      select account_code, is_active, mandatory_dimensions from gl_accounts where account_code = any(${codes}::text[])
    ) g on g.account_code = c.account_code
    where coalesce(c.is_active, g.is_active)`);
  return new Map(rows.map((row) => [row.account_code, row.mandatory_dimensions]));
}
