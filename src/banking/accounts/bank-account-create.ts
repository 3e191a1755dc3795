import sql from 'sql-template-tag';
import { mastersChanged, takeIds } from '../../ledger/index.ts';
import { insertDimensionValue } from '../../masters/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { bankingErrors } from '../errors.ts';
import { type AccountIdentity, accountIdentity } from './account-identity.ts';
import { type BankAccountView, findBankAccount, type NewBankAccount } from './bank-account.ts';
import { ledgerAccountProblems, proposeLedgerAccount, useLedgerAccount } from './ledger-account.ts';

/**
 * Creates a bank account: a house account with its ledger account, which is also a value of the dimension `bank_account`, or
 * an account of a business partner. Errors: 400 with every fault, banking.account_exists.
 */
export const createBankAccount = writeOperation({
  name: 'bank-account.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: NewBankAccount): Promise<BankAccountView> {
    const { tx, clientAccountId, caller, now } = context;
    const problems: FieldProblem[] = [];
    const identity = accountIdentity(input, problems);
    const partnerId = input.business_partner_id ?? null;
    const currency = input.currency_code ?? 'NOK';
    await checkPartner(tx, clientAccountId, partnerId, input.account_code ?? null, problems);
    const accountCode =
      partnerId !== null
        ? null
        : (input.account_code ?? (await proposeLedgerAccount(tx, clientAccountId, input.type, currency !== 'NOK')));
    if (partnerId === null && accountCode === null)
      problems.push(
        problem('account_code', 'is required: the chart proposes none', 'må oppgis: kontoplanen foreslår ingen'),
      );
    else if (accountCode !== null) problems.push(...(await ledgerAccountProblems(tx, clientAccountId, accountCode)));
    if (problems.length > 0 || !identity) throw invalid(problems);
    // Takes the row lock of the client account: concurrent requests for the same account are serialised here.
    const id = await takeIds(tx, clientAccountId);
    if (partnerId === null) await refuseDuplicate(tx, clientAccountId, identity, currency, id);
    const name = input.name?.trim() ?? nameOf(identity, input.type);
    const stamp = { created_at: now, created_by_id: caller.userId, updated_at: now, updated_by_id: caller.userId };
    if (accountCode !== null) {
      await useLedgerAccount(tx, clientAccountId, accountCode);
      await insertDimensionValue(context, { id, type: 'bank_account', name });
      await mastersChanged(tx, clientAccountId);
    }
    await tx.execute(sql`
      insert into bank_accounts ${insertion({
        client_account_id: clientAccountId,
        id,
        business_partner_id: partnerId,
        name,
        type: input.type,
        ...identity,
        bank_zip: input.bank_zip,
        bank_city: input.bank_city,
        routing_number: input.routing_number,
        currency_code: currency,
        account_code: accountCode,
        statement_start_date: input.statement_start_date,
        ...stamp,
      })}`);
    const made = await findBankAccount(tx, clientAccountId, id);
    context.audit({ recordType: 'bank_account', recordId: id, after: made });
    return made;
  },
});

async function checkPartner(
  tx: Transaction,
  clientAccountId: number,
  partnerId: number | null,
  accountCode: string | null,
  problems: FieldProblem[],
): Promise<void> {
  if (partnerId === null) return;
  const partner = await tx.maybe(sql`
    select 1 from business_partners where client_account_id = ${clientAccountId} and id = ${partnerId}`);
  if (!partner)
    problems.push(problem('business_partner_id', 'no such business partner', 'ingen slik forretningspartner'));
  if (accountCode !== null)
    problems.push(
      problem(
        'account_code',
        'belongs to house accounts only',
        'hører bare til egne bankkontoer, ikke til en forretningspartners',
      ),
    );
}

/** Throws if another active house account has the number and the currency. */
export async function refuseDuplicate(
  tx: Transaction,
  clientAccountId: number,
  identity: Pick<AccountIdentity, 'bban' | 'iban'>,
  currency: string,
  id: number,
): Promise<void> {
  const account = identity.iban ?? identity.bban;
  const standing = await tx.maybe<{ id: number }>(sql`
    select id from bank_accounts
    where client_account_id = ${clientAccountId} and coalesce(iban, bban) = ${account} and currency_code = ${currency}
      and business_partner_id is null and is_active and id <> ${id}`);
  if (standing) throw bankingErrors.account_exists({ account, currency_code: currency, id: standing.id });
}

const KINDS: Record<BankAccountView['type'], string> = {
  CURRENT: 'Driftskonto',
  SAVINGS: 'Sparekonto',
  LOAN: 'Lånekonto',
  TAX: 'Skattetrekkskonto',
  INVESTMENT: 'Plasseringskonto',
};

/** `Driftskonto 1503.40.11238` */
function nameOf({ bban, iban, bank_country }: AccountIdentity, type: BankAccountView['type']): string {
  const number = bban && bank_country === 'NO' ? bban.replace(/^(\d{4})(\d{2})(\d{5})$/, '$1.$2.$3') : (iban ?? bban);
  return `${KINDS[type]} ${number}`;
}
