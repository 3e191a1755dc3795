import sql from 'sql-template-tag';
import { formatAmount, ore } from '../../../kernel/money.ts';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { takeIds, unknownReferences } from '../../../ledger/index.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { BOOKKEEPERS, READERS } from '../../../platform/caller.ts';
import { assignments, insertion } from '../../../platform/database/columns.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../../platform/errors.ts';
import { envelope, type Page } from '../../../platform/http/paging.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../../platform/http/schema.ts';
import { readOperation, writeOperation } from '../../../platform/operation.ts';
import { unknownBankAccount } from '../../accounts/require-bank-account.ts';
import { findRule, readRules, type RuleAction, type RuleCondition, ruleTest, type RuleView } from './rule.ts';

export interface RuleFields {
  name?: string | undefined;
  priority?: number | undefined;
  condition?: RuleCondition | undefined;
  action?: RuleAction | undefined;
  books?: boolean | undefined;
  is_active?: boolean | undefined;
}

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

/** A rule without a condition would match everything; one that refers to records outside these books would match nothing. */
async function checkRule(tx: Transaction, clientAccountId: number, { condition, action }: RuleFields): Promise<void> {
  const problems: FieldProblem[] = [];
  if (condition && condition.text === undefined && condition.counterparty_account === undefined)
    problems.push(
      problem(
        'condition',
        'must name text or counterparty_account: nothing is booked on amount alone',
        'må ha text eller counterparty_account: ingenting bokføres på beløp alene',
      ),
    );
  if (condition?.text !== undefined && condition.text.replaceAll('*', '').trim().length < 2)
    problems.push(problem('condition.text', 'must have two characters beside *', 'må ha to tegn foruten *'));
  problems.push(
    ...(await unknownBankAccount(tx, clientAccountId, 'condition.bank_account_id', condition?.bank_account_id)),
  );
  if (action) problems.push(...(await unknownReferences(tx, clientAccountId, [{ ...action, at: 'action.' }])));
  if (problems.length > 0) throw invalid(problems);
}

export const createRule = writeOperation({
  name: 'bank-rule.create',
  access,
  async run({ tx, clientAccountId, caller, now, audit }, input: RuleFields): Promise<RuleView> {
    await checkRule(tx, clientAccountId, input);
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into bank_rules ${insertion({
        client_account_id: clientAccountId,
        id,
        name: input.name,
        priority: input.priority,
        condition: JSON.stringify(input.condition),
        action: JSON.stringify(input.action),
        books: input.books,
        created_at: now,
        created_by_id: caller.userId,
        updated_at: now,
        updated_by_id: caller.userId,
      })}`);
    const made = await findRule(tx, clientAccountId, id);
    audit({ recordType: 'bank_rule', recordId: id, after: made });
    return made;
  },
});

export const updateRule = writeOperation({
  name: 'bank-rule.update',
  access,
  async run({ tx, clientAccountId, caller, now, audit }, { id, changes }: { id: number; changes: RuleFields }) {
    await checkRule(tx, clientAccountId, changes);
    const before = await findRule(tx, clientAccountId, id);
    await tx.execute(sql`
      update bank_rules set ${assignments({
        name: changes.name,
        priority: changes.priority,
        condition: changes.condition && JSON.stringify(changes.condition),
        action: changes.action && JSON.stringify(changes.action),
        books: changes.books,
        is_active: changes.is_active,
        updated_at: now,
        updated_by_id: caller.userId,
      })}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = await findRule(tx, clientAccountId, id);
    audit({ recordType: 'bank_rule', recordId: id, before, after });
    return after;
  },
});

export const getRule = readOperation({
  name: 'bank-rule.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }, { id }: { id: number }) => findRule(tx, clientAccountId, id),
});

export const listRules = readOperation({
  name: 'bank-rule.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: Page & { isActive: boolean | null }) {
    const all = await readRules(
      tx,
      clientAccountId,
      sql`(${input.isActive}::boolean is null or is_active = ${input.isActive})`,
    );
    const from = (input.page - 1) * input.perPage;
    return envelope(all.slice(from, from + input.perPage), input, all.length);
  },
});

export const RuleTrial = strict({
  transactions: Type.Integer({ description: 'That the rule fits' }),
  amount: Type.String(),
  open: Type.Integer({ description: 'Of them, not matched yet' }),
  posted_on: Type.Array(strict({ account_code: Type.String(), transactions: Type.Integer() }), {
    description: 'Where those that are matched were posted',
  }),
  examples: Type.Array(
    strict({
      bank_transaction_id: Id,
      booking_date: nullable(DateText),
      amount: Type.String(),
      name: nullable(Type.String()),
      text: Type.String(),
      is_open: Type.Boolean(),
    }),
  ),
});
export type RuleTrial = Static<typeof RuleTrial>;

const MOST_EXAMPLES = 100;

/** The transactions of a range that a rule would match; nothing is changed. */
export const tryRule = readOperation({
  name: 'bank-rule.try',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run(
    { tx, clientAccountId },
    input: { condition: RuleCondition; from: LocalDate | null; to: LocalDate | null },
  ): Promise<RuleTrial> {
    await checkRule(tx, clientAccountId, input);
    const rows = await tx.rows<{
      id: number;
      bank_account_id: number;
      booking_date: string | null;
      amount: number;
      name: string | null;
      account: string | null;
      text: string;
      is_open: boolean;
    }>(sql`
      select id, bank_account_id, booking_date, amount, case when amount >= 0 then payor_name else payee_name end as name,
        regexp_replace(counterparty_account, '[^0-9A-Za-z]', '', 'g') as account, coalesce(memo, '') as text,
        matched_amount + external_reconciled_amount <> amount as is_open
      from bank_transactions where client_account_id = ${clientAccountId}
        and (${input.from}::date is null or booking_date >= ${input.from}::date)
        and (${input.to}::date is null or booking_date <= ${input.to}::date)
      order by booking_date desc, id desc`);
    const test = ruleTest(input.condition);
    const fitting = rows.filter(test);
    const accounts = await tx.rows<{ account_code: string; transactions: number }>(sql`
      select l.account_code, count(distinct p.transaction_id) as transactions
      from bank_match_transactions p
      join bank_match_lines b on b.client_account_id = ${clientAccountId} and b.match_id = p.match_id
      join journal_entry_lines l on l.client_account_id = ${clientAccountId} and l.entry_id = b.entry_id and l.base_line_no is null
      where p.client_account_id = ${clientAccountId} and p.is_active and p.transaction_id = any(${numberArray(fitting.map(({ id }) => id))}::bigint[])
        and l.account_code not in (select account_code from bank_accounts where client_account_id = ${clientAccountId} and account_code is not null)
      group by 1 order by 2 desc, 1`);
    return {
      transactions: fitting.length,
      amount: formatAmount(fitting.reduce((sum, { amount }) => sum + ore(amount), 0n)),
      open: fitting.filter(({ is_open }) => is_open).length,
      posted_on: accounts,
      examples: fitting.slice(0, MOST_EXAMPLES).map(({ id, booking_date, amount, name, text, is_open }) => ({
        bank_transaction_id: id,
        booking_date,
        amount: formatAmount(ore(amount)),
        name,
        text,
        is_open,
      })),
    };
  },
});
