import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { type AssetClass, type ClassAccounts } from './asset-class.ts';

/** The accounts that a client account has chosen to replace those of a class, by class. */
export async function chosenAccounts(tx: Transaction, clientAccountId: number): Promise<Map<string, ClassAccounts>> {
  const rows = await tx.rows<{
    asset_class: string;
    asset_account: string;
    accumulated_account: string | null;
    expense_account: string | null;
  }>(sql`
    select asset_class, asset_account, accumulated_account, expense_account from asset_class_accounts
    where client_account_id = ${clientAccountId}`);
  return new Map(
    rows.map((row) => [
      row.asset_class,
      { asset: row.asset_account, accumulated: row.accumulated_account, expense: row.expense_account },
    ]),
  );
}

export function accountsOf(each: AssetClass, chosen: ReadonlyMap<string, ClassAccounts>): ClassAccounts {
  return chosen.get(each.code) ?? each.accounts;
}
