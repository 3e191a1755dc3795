import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import type { BankAccountView } from './bank-account.ts';

/** Ledger accounts of the national chart for each kind of bank account, the most fitting first. */
const PROPOSALS: Record<BankAccountView['type'], readonly string[]> = {
  CURRENT: ['1920', '1921', '1930', '1935', '1940'],
  SAVINGS: ['1921', '1930', '1920'],
  LOAN: ['2220', '2240', '2380'],
  TAX: ['1950'],
  INVESTMENT: ['1930', '1880', '1920'],
};
const FOREIGN_CURRENCY = '1925';

/** The first fitting active account that no other house account uses; else the most fitting active one. */
export async function proposeLedgerAccount(
  tx: Transaction,
  clientAccountId: number,
  type: BankAccountView['type'],
  isForeignCurrency: boolean,
): Promise<string | null> {
  const wanted = [...(isForeignCurrency && type === 'CURRENT' ? [FOREIGN_CURRENCY] : []), ...PROPOSALS[type]];
  const usable = new Set((await accountsOf(tx, clientAccountId, wanted)).filter((a) => a.is_active).map((a) => a.code));
  const taken = await tx.rows<{ account_code: string }>(sql`
    select distinct account_code from bank_accounts
    where client_account_id = ${clientAccountId} and account_code is not null and is_active`);
  const codes = new Set(taken.map((row) => row.account_code));
  const fitting = wanted.filter((code) => usable.has(code));
  return fitting.find((code) => !codes.has(code)) ?? fitting[0] ?? null;
}

/** An active account of the balance sheet with type asset or liability, or the fault. */
export async function ledgerAccountProblems(
  tx: Transaction,
  clientAccountId: number,
  code: string,
): Promise<FieldProblem[]> {
  const [account] = await accountsOf(tx, clientAccountId, [code]);
  if (!account?.is_active)
    return [problem('account_code', `"${code}" is no account in use`, `«${code}» er ingen konto i bruk`)];
  if (account.account_type === 'asset' || account.account_type === 'liability') return [];
  return [
    problem(
      'account_code',
      `account ${code} is neither asset nor liability`,
      `konto ${code} er verken eiendel eller gjeld`,
    ),
  ];
}

/** Records that this client account uses an account of the national chart. */
export async function useLedgerAccount(tx: Transaction, clientAccountId: number, code: string): Promise<void> {
  await tx.execute(sql`
    insert into client_gl_accounts (client_account_id, account_code, id, is_own)
    select ${clientAccountId}, account_code, id, false from gl_accounts where account_code = ${code}
    on conflict (client_account_id, account_code) do nothing`);
}

function accountsOf(tx: Transaction, clientAccountId: number, codes: readonly string[]) {
  return tx.rows<{ code: string; account_type: string; is_active: boolean }>(sql`
    select coalesce(c.account_code, g.account_code) as code, coalesce(c.account_type, g.account_type) as account_type,
      coalesce(c.is_active, g.is_active) as is_active
    from (
      select account_code, account_type, is_active from client_gl_accounts
      where client_account_id = ${clientAccountId} and account_code = any(${[...codes]}::text[])
    ) c
    full join (
      select account_code, account_type, is_active from gl_accounts where account_code = any(${[...codes]}::text[])
    ) g on g.account_code = c.account_code`);
}
