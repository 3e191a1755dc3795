import sql, { type Sql } from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { bankOfAccountNumber, bankOfBic, bankOfIban } from '../bank-register.ts';
import type { BankAccountView } from './bank-account.ts';

/** A bank account of the client account itself, with its bank. */
export interface HouseAccount {
  id: number;
  name: string;
  type: BankAccountView['type'];
  bban: string | null;
  iban: string | null;
  currency_code: string;
  is_active: boolean;
  /** Eight characters, of the current bank; null if the register does not know it. */
  bic: string | null;
}

/** No company has more accounts than this. */
const MOST = 1_000;

/** All house accounts, oldest first. `lock`: the lock mode of the rows, taken in the order of their ids. */
export async function houseAccountsOf(
  tx: Transaction,
  clientAccountId: number,
  lock: Sql = sql``,
): Promise<HouseAccount[]> {
  const rows = await tx.rows<HouseAccount>(sql`
    select id, name, type, bban, iban, currency_code, is_active, bic from bank_accounts
    where client_account_id = ${clientAccountId} and business_partner_id is null
    order by id limit ${MOST} ${lock}`);
  return rows.map((row) => ({ ...row, bic: bicOfAccount(row) }));
}

/** As given if it is in the register, else derived from the number. */
export function bicOfAccount({ bic, bban, iban }: Pick<HouseAccount, 'bic' | 'bban' | 'iban'>): string | null {
  const bank = (bic && bankOfBic(bic)) || (iban && bankOfIban(iban)) || (bban && bankOfAccountNumber(bban)) || null;
  return bank?.bic ?? bic?.slice(0, 8).toUpperCase() ?? null;
}
