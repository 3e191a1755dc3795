import sql from 'sql-template-tag';
import { bicOfAccount } from '../banking/index.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { invalid, problem } from '../platform/errors.ts';

/** The payer, its account and its agreement. */
export interface Debtor {
  bankAccountId: number;
  name: string;
  organizationNumber: string | null;
  account: string;
  bic: string;
}

/** The client account as the debtor of one of its bank accounts in kroner. Throws request.invalid. */
export async function debtorOf(tx: Transaction, clientAccountId: number, bankAccountId: number): Promise<Debtor> {
  const refuse = (en: string, nb: string) => invalid([problem('bank_account_id', en, nb)]);
  const account = await tx.maybe<{
    bban: string | null;
    iban: string | null;
    bic: string | null;
    currency_code: string;
    is_active: boolean;
    name: string;
    organization_number: string | null;
  }>(sql`
    select b.bban, b.iban, b.bic, b.currency_code, b.is_active, coalesce(o.name, c.display_name) as name, c.organization_number
    from bank_accounts b join client_accounts c on c.id = b.client_account_id
    left join organizations o on o.id = c.organization_id
    where b.client_account_id = ${clientAccountId} and b.id = ${bankAccountId} and b.business_partner_id is null`);
  if (!account) throw refuse('no such bank account of ours', 'ingen slik egen bankkonto');
  if (!account.is_active) throw refuse('the bank account is not in use', 'bankkontoen er ikke i bruk');
  if (account.currency_code !== 'NOK')
    throw refuse('payments go out of accounts in kroner', 'det betales fra konti i kroner');
  const number = account.bban ?? account.iban;
  if (number === null) throw refuse('the bank account has no number', 'bankkontoen mangler kontonummer');
  const bic = bicOfAccount(account);
  if (!bic)
    throw refuse('the bank of the account is not known; give its BIC', 'banken til kontoen er ukjent; oppgi BIC');
  return {
    bankAccountId,
    name: account.name,
    organizationNumber: account.organization_number,
    account: number,
    bic,
  };
}
