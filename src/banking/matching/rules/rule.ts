import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../../kernel/clock.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { requestErrors } from '../../../platform/errors.ts';
import { Id, nullable, type Static, strict, TimeText, Type, MultiLineText } from '../../../platform/http/schema.ts';
import { plain } from '../proposals/proposal.ts';
import type { MatchUnit } from '../matches/match-units.ts';

const Dimension = strict({ type: Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$' }), id: Id });

/** All given conditions must hold. Amounts in kroner of the account's currency, without sign. */
export const RuleCondition = strict({
  text: Type.Optional(
    Type.String({
      minLength: 2,
      maxLength: 200,
      description: 'In the text or the name, without regard to case; * stands for anything',
    }),
  ),
  counterparty_account: Type.Optional(Type.String({ minLength: 4, maxLength: 34 })),
  direction: Type.Optional(Type.Enum(['in', 'out'])),
  amount_min: Type.Optional(Type.String({ pattern: '^\\d{1,13}(\\.\\d{1,2})?$' })),
  amount_max: Type.Optional(Type.String({ pattern: '^\\d{1,13}(\\.\\d{1,2})?$' })),
  bank_account_id: Type.Optional(Id),
});
export type RuleCondition = Static<typeof RuleCondition>;

/** The account and codes of the posting. */
export const RuleAction = strict({
  account_code: Type.String({ minLength: 1, maxLength: 70 }),
  tax_code: Type.Optional(nullable(Type.String({ maxLength: 70 }))),
  business_partner_id: Type.Optional(nullable(Id)),
  dimensions: Type.Optional(Type.Array(Dimension, { maxItems: 20 })),
  memo: Type.Optional(nullable(MultiLineText({ maxLength: 500 }))),
});
export type RuleAction = Static<typeof RuleAction>;

export const RuleView = strict({
  id: Id,
  client_account_id: Id,
  name: Type.String(),
  priority: Type.Integer({ description: 'The lowest number that fits decides' }),
  condition: RuleCondition,
  action: RuleAction,
  books: Type.Boolean({ description: 'True: carried out without asking. False: proposed' }),
  is_active: Type.Boolean(),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
});
export type RuleView = Static<typeof RuleView>;

interface RuleRow extends Omit<RuleView, 'created_at' | 'updated_at'> {
  created_at: Date;
  updated_at: Date;
}

/** In order of priority. */
export async function readRules(tx: Transaction, clientAccountId: number, where: Sql = sql`true`): Promise<RuleView[]> {
  const rows = await tx.rows<RuleRow>(sql`
    select id, client_account_id, name, priority, condition, action, books, is_active, created_at, created_by_id, updated_at,
      updated_by_id
    from bank_rules where client_account_id = ${clientAccountId} and ${where} order by priority, id`);
  return rows.map((row) => ({
    ...row,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  }));
}

export async function findRule(tx: Transaction, clientAccountId: number, id: number): Promise<RuleView> {
  const [rule] = await readRules(tx, clientAccountId, sql`id = ${id}`);
  if (!rule) throw requestErrors.not_found({ what: 'Rule' });
  return rule;
}

export type RuleTest = (unit: Pick<MatchUnit, 'text' | 'name' | 'account' | 'amount' | 'bank_account_id'>) => boolean;

/** The condition as a predicate, prepared once for many transactions. */
export function ruleTest(condition: RuleCondition): RuleTest {
  const pieces = condition.text?.toLowerCase().split('*').filter(Boolean);
  const account = condition.counterparty_account && plain(condition.counterparty_account.replace(/[^0-9A-Za-z]/g, ''));
  const cents = (text: string) => Math.round(Number(text) * 100);
  const min = condition.amount_min === undefined ? 0 : cents(condition.amount_min);
  const max = condition.amount_max === undefined ? Infinity : cents(condition.amount_max);
  return (unit) => {
    const size = Math.abs(unit.amount);
    if (size < min || size > max) return false;
    if (condition.direction && (condition.direction === 'in') !== unit.amount > 0) return false;
    if (condition.bank_account_id !== undefined && condition.bank_account_id !== unit.bank_account_id) return false;
    if (account && unit.account?.toUpperCase() !== account) return false;
    return !pieces || inOrder(`${unit.name ?? ''} ${unit.text}`.toLowerCase(), pieces);
  };
}

function inOrder(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}
