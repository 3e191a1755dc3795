import sql from 'sql-template-tag';
import { mastersChanged } from '../../ledger/index.ts';
import { refuseOpenBalances } from '../../masters/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments } from '../../platform/database/columns.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import { bankingErrors } from '../errors.ts';
import { accountIdentity } from './account-identity.ts';
import { refuseDuplicate } from './bank-account-create.ts';
import { type BankAccountChanges, type BankAccountView, findBankAccount } from './bank-account.ts';
import { ledgerAccountProblems, useLedgerAccount } from './ledger-account.ts';

/** The identifiers of the account: they cannot change once the account has transactions. */
const IDENTITY = ['bban', 'iban', 'bank_country', 'currency_code'] as const;

/**
 * Changes the given fields; omitted ones are kept. Number and currency can change only while there are no transactions.
 * Deactivation follows the rule of `refuseOpenBalances`. Errors: 400, banking.account_in_use, banking.account_exists,
 * masters.has_balance.
 */
export async function changeBankAccount(
  context: Context,
  id: number,
  changes: BankAccountChanges,
): Promise<BankAccountView> {
  const { tx, clientAccountId, caller, now } = context;
  // Locks the account first, as an import of its files does, then the client account, as postings do.
  const before = await findBankAccount(tx, clientAccountId, id, sql`for no key update`);
  await mastersChanged(tx, clientAccountId);
  const isHouse = before.business_partner_id === null;
  const renamed = await identityAfter(context, before, changes);
  if (isHouse && changes.is_active === false && before.is_active)
    await refuseOpenBalances(tx, clientAccountId, 'bank_account', id, { nb: 'bankkontoen', en: 'bank account' });
  const currency = changes.currency_code ?? before.currency_code;
  if (isHouse && (changes.is_active ?? before.is_active))
    await refuseDuplicate(tx, clientAccountId, renamed ?? before, currency, id);
  if (isHouse && changes.account_code) await useLedgerAccount(tx, clientAccountId, changes.account_code);
  const { bank_zip, bank_city, routing_number, statement_start_date, type, is_active } = changes;
  const name = changes.name?.trim() ?? undefined;
  const stamp = { updated_at: now, updated_by_id: caller.userId };
  await tx.execute(sql`
    update bank_accounts set ${assignments({
      ...renamed,
      name,
      type,
      is_active,
      bank_zip,
      bank_city,
      routing_number,
      statement_start_date,
      currency_code: changes.currency_code,
      account_code: changes.account_code ?? undefined,
      ...stamp,
    })}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  if (isHouse)
    await tx.execute(sql`
      update dimension_values set ${assignments({ name, is_active, ...stamp })}
      where client_account_id = ${clientAccountId} and id = ${id}`);
  const after = await findBankAccount(tx, clientAccountId, id);
  context.audit({ recordType: 'bank_account', recordId: id, before, after });
  return after;
}

/** Number, country and bank after the change; null if they are unchanged. Throws every fault of the change. */
async function identityAfter({ tx, clientAccountId }: Context, before: BankAccountView, changes: BankAccountChanges) {
  const problems: FieldProblem[] = [];
  const given = IDENTITY.filter((field) => changes[field] !== undefined && changes[field] !== before[field]);
  if (changes.account_code != null && before.business_partner_id !== null)
    problems.push(problem('account_code', 'belongs to house accounts only', 'hører bare til egne bankkontoer'));
  else if (changes.account_code != null)
    problems.push(...(await ledgerAccountProblems(tx, clientAccountId, changes.account_code)));
  const moved = given.some((field) => field === 'bban' || field === 'iban');
  const identity =
    given.length > 0 || changes.bic !== undefined || changes.bank_name !== undefined
      ? accountIdentity(
          {
            bban: changes.bban === undefined ? (moved ? null : before.bban) : changes.bban,
            iban: changes.iban === undefined ? (moved ? null : before.iban) : changes.iban,
            bank_country: changes.bank_country ?? (changes.iban ? null : before.bank_country),
            bank_name: changes.bank_name === undefined ? before.bank_name : changes.bank_name,
            bic: changes.bic === undefined ? before.bic : changes.bic,
          },
          problems,
        )
      : null;
  if (problems.length > 0) throw invalid(problems);
  const touched = given.filter((field) => field === 'currency_code' || identity?.[field] !== before[field]);
  if (touched.length > 0) {
    const used = await tx.maybe(sql`
      select 1 from bank_transaction_counts where client_account_id = ${clientAccountId} and bank_account_id = ${before.id}
      limit 1`);
    if (used) throw bankingErrors.account_in_use({ fields: touched.join(', ') });
  }
  return identity;
}

export const updateBankAccount = writeOperation({
  name: 'bank-account.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number; changes: BankAccountChanges }) =>
    changeBankAccount(context, input.id, input.changes),
});

/** Deactivates a bank account; the record is kept. Errors: masters.has_balance. */
export const deactivateBankAccount = writeOperation({
  name: 'bank-account.deactivate',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number }) => changeBankAccount(context, input.id, { is_active: false }),
});
