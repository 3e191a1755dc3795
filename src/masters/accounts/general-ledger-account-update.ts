import sql from 'sql-template-tag';
import { dateInNorway } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import { mastersChanged } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, type Language, problem } from '../../platform/errors.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import { keepNames } from './account-versions.ts';
import { mastersErrors } from '../errors.ts';
import { accountRecord, type AccountRow, accountRows, accountView, findAccountById } from './general-ledger-account.ts';
import { accountProblems } from './general-ledger-account-check.ts';
import type { AccountChanges } from './general-ledger-account-input.ts';
import { groupingCategoryOf } from './saft-grouping.ts';

/**
 * Changes an own account, or the client account's settings for a national one (null: as in the national chart). Earlier
 * names and SAF-T groupings stay readable by date. Errors: masters.account_has_balance, masters.account_in_use.
 */
export const updateAccount = writeOperation({
  name: 'general-ledger-account.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number; changes: AccountChanges; language: Language }) =>
    changeAccount(context, input.id, input.changes, input.language),
});

export async function changeAccount(context: Context, id: number, changes: AccountChanges, language: Language) {
  const { tx, clientAccountId, caller, now } = context;
  // Takes the row lock of the client account, so that no posting sees half a change.
  await mastersChanged(tx, clientAccountId);
  const before = await findAccountById(tx, { clientAccountId }, id);
  const [national] = await accountRows(tx, { clientAccountId: null }, sql`where account_code = ${before.account_code}`);
  await requireFitting(tx, clientAccountId, before, national, changes);
  if (changes.is_active === false && before.is_active) await refuseDeactivation(tx, clientAccountId, before);
  await tx.execute(sql`
    insert into client_gl_accounts (client_account_id, account_code, id, is_own, is_active, created_at, created_by_id)
    values (${clientAccountId}, ${before.account_code}, ${id}, false, ${before.is_active}, ${now}, ${caller.userId})
    on conflict (client_account_id, account_code) do nothing`);
  await tx.execute(sql`
    update client_gl_accounts set ${assignments({
      ...settings(changes, national),
      is_active: changes.is_active,
      updated_at: now,
      updated_by_id: caller.userId,
    })}
    where client_account_id = ${clientAccountId} and account_code = ${before.account_code}`);
  const after = await findAccountById(tx, { clientAccountId }, id);
  await keepNames(tx, clientAccountId, { before, after, today: dateInNorway(now), userId: caller.userId });
  context.audit({
    recordType: 'general_ledger_account',
    recordId: id,
    before: accountRecord(before),
    after: accountRecord(after),
  });
  return accountView(after, language);
}

/**
 * The columns to set. A value equal to the national chart is stored as null, so that it follows later changes there.
 */
function settings(changes: AccountChanges, national: AccountRow | undefined) {
  const own = <T>(value: T, same: T | undefined) => (value === same ? null : value);
  const grouping = changes.grouping_code && own(changes.grouping_code, national?.saft_code);
  const dimensions = changes.mandatory_dimensions;
  const taxCode = changes.default_tax_code === undefined ? undefined : changes.default_tax_code;
  return {
    name_nb: changes.description_nob && own(changes.description_nob.trim(), national?.name_nb),
    name_en: changes.description_eng && own(changes.description_eng.trim(), national?.name_en),
    group_code: changes.category_code_3 && own(changes.category_code_3, national?.group_3),
    saft_code: grouping,
    saft_category: grouping && groupingCategoryOf(grouping),
    // Empty: none, although the national chart proposes one.
    default_tax_code: taxCode === null && national?.default_tax_code ? '' : own(taxCode, national?.default_tax_code),
    mandatory_dimensions:
      dimensions && national && dimensions.toSorted().join() === national.mandatory_dimensions.toSorted().join()
        ? null
        : dimensions,
  };
}

async function requireFitting(
  tx: Transaction,
  clientAccountId: number,
  before: AccountRow,
  national: AccountRow | undefined,
  changes: AccountChanges,
): Promise<void> {
  const problems: FieldProblem[] = [];
  if (!national) {
    for (const field of [
      'description_nob',
      'description_eng',
      'category_code_3',
      'grouping_code',
      'mandatory_dimensions',
    ] as const) {
      if (changes[field] === null)
        problems.push(problem(field, 'cannot be empty on an own account', 'kan ikke være tom på en egen konto'));
    }
  }
  if (
    changes.grouping_category != null &&
    changes.grouping_code === undefined &&
    changes.grouping_category !== before.saft_category
  )
    problems.push(
      problem('grouping_code', 'is required with grouping_category', 'må oppgis sammen med grouping_category'),
    );
  if (problems.length === 0) {
    const code = changes.grouping_code ?? national?.saft_code ?? before.saft_code;
    problems.push(
      ...(await accountProblems(
        tx,
        clientAccountId,
        {
          account_type: before.account_type,
          group: changes.category_code_3 ?? before.group_3,
          grouping_code: code,
          grouping_category: changes.grouping_category ?? groupingCategoryOf(code) ?? '',
          default_tax_code: changes.default_tax_code ?? null,
          mandatory_dimensions: changes.mandatory_dimensions ?? [],
        },
        {
          group: changes.category_code_3 != null,
          grouping: changes.grouping_code != null,
          taxCode: changes.default_tax_code != null,
          dimensions: changes.mandatory_dimensions != null,
        },
      )),
    );
  }
  if (problems.length > 0) throw invalid(problems);
}

const BALANCE_SHEET = ['asset', 'liability', 'equity'];

/** A balance sheet account with a balance, and a VAT account of a valid code, must stay active. */
async function refuseDeactivation(tx: Transaction, clientAccountId: number, account: AccountRow): Promise<void> {
  const { account_code: code } = account;
  const codes = await tx.rows<{ code: string }>(sql`
    select code from tax_codes
    where client_account_id = ${clientAccountId} and (tax_account_code = ${code} or acquisition_tax_account_code = ${code})
      and (active_to is null or active_to >= current_date)
    order by code`);
  if (codes.length > 0)
    throw mastersErrors.account_in_use({ account_code: code, tax_codes: codes.map((row) => row.code).join(', ') });
  if (!BALANCE_SHEET.includes(account.account_type)) return;
  const { balance } = await tx.one<{ balance: string }>(sql`
    select coalesce(sum(debit) - sum(credit), 0) as balance from (
      select debit, credit from account_balances where client_account_id = ${clientAccountId} and account_code = ${code}
      union all
      select debit, credit from balance_deltas where client_account_id = ${clientAccountId} and account_code = ${code}) b`);
  if (ore(balance) !== 0n)
    throw mastersErrors.account_has_balance({ account_code: code, balance: formatAmount(ore(balance)) });
}
