import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../../kernel/clock.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { formatAmount, ore } from '../../../kernel/money.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../../platform/http/schema.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { type Evidence, EvidenceView } from '../proposals/evidence.ts';

const Line = Type.Integer({ minimum: 1 });

export const MatchView = strict({
  id: Id,
  client_account_id: Id,
  bank_account_id: Id,
  kind: Type.Enum(['posted', 'ledger', 'external']),
  score: Type.Integer(),
  evidence: Type.Array(EvidenceView),
  rule_id: nullable(Id),
  is_automatic: Type.Boolean(),
  is_active: Type.Boolean(),
  created_at: TimeText,
  created_by_id: nullable(Id),
  undone_at: nullable(TimeText),
  undone_by_id: nullable(Id),
  undo_reason: nullable(Type.String()),
  transactions: Type.Array(strict({ bank_transaction_id: Id, detail_id: nullable(Id), amount: Type.String() })),
  entries: Type.Array(strict({ journal_entry_id: Id, cancellation_entry_id: nullable(Id) })),
  lines: Type.Array(strict({ journal_entry_id: Id, line_number: Line, amount: Type.String() })),
  items: Type.Array(
    strict({
      journal_entry_id: Id,
      line_number: Line,
      document_id: nullable(Id),
      bank_transaction_id: nullable(Id),
      amount: Type.String(),
    }),
  ),
});
export type MatchView = Static<typeof MatchView>;

interface MatchRow {
  id: number;
  client_account_id: number;
  bank_account_id: number;
  kind: MatchView['kind'];
  score: number;
  evidence: Evidence[];
  rule_id: number | null;
  is_automatic: boolean;
  created_at: Date;
  created_by_id: number | null;
  undone_at: Date | null;
  undone_by_id: number | null;
  undo_reason: string | null;
}

/** Matches with all their links. `where`: a condition on `m`. */
export async function readMatches(
  tx: Transaction,
  clientAccountId: number,
  where: Sql,
  tail: Sql,
): Promise<MatchView[]> {
  const rows = await tx.rows<MatchRow>(sql`
    select m.id, m.client_account_id, m.bank_account_id, m.kind, m.score, m.evidence, m.rule_id, m.is_automatic, m.created_at,
      m.created_by_id, m.undone_at, m.undone_by_id, m.undo_reason
    from bank_matches m where m.client_account_id = ${clientAccountId} and ${where} ${tail}`);
  const ids = numberArray(rows.map(({ id }) => id));
  const of = <T extends { match_id: number; amount?: number }>(query: Sql) => tx.rows<T>(query);
  const parts = await of<{ match_id: number; transaction_id: number; detail_id: number | null; amount: number }>(sql`
    select match_id, transaction_id, detail_id, amount from bank_match_transactions
    where client_account_id = ${clientAccountId} and match_id = any(${ids}::bigint[]) order by match_id, position`);
  const entries = await of<{ match_id: number; entry_id: number; undo_entry_id: number | null }>(sql`
    select match_id, entry_id, undo_entry_id from bank_match_entries
    where client_account_id = ${clientAccountId} and match_id = any(${ids}::bigint[]) order by match_id, entry_id`);
  const lines = await of<{ match_id: number; entry_id: number; line_no: number; amount: number }>(sql`
    select match_id, entry_id, line_no, amount from bank_match_lines
    where client_account_id = ${clientAccountId} and match_id = any(${ids}::bigint[]) order by match_id, entry_id, line_no`);
  const items = await of<{
    match_id: number;
    entry_id: number;
    line_no: number;
    document_id: number | null;
    bank_transaction_id: number | null;
    amount: number;
  }>(sql`
    select s.match_id, s.entry_id, s.line_no, s.document_id, s.bank_transaction_id, s.amount from item_settlements s
    where s.client_account_id = ${clientAccountId} and s.match_id = any(${ids}::bigint[])
      and not exists (select from bank_match_entries e where e.client_account_id = s.client_account_id
        and e.match_id = s.match_id and e.entry_id = s.entry_id)
    order by s.match_id, s.id`);
  const below = {
    parts: groupBy(parts, ({ match_id }) => match_id),
    entries: groupBy(entries, ({ match_id }) => match_id),
    lines: groupBy(lines, ({ match_id }) => match_id),
    items: groupBy(items, ({ match_id }) => match_id),
  };
  return rows.map((row) => ({
    ...row,
    is_active: row.undone_at === null,
    created_at: isoSeconds(row.created_at),
    undone_at: row.undone_at && isoSeconds(row.undone_at),
    transactions: (below.parts.get(row.id) ?? []).map(({ transaction_id, detail_id, amount }) => ({
      bank_transaction_id: transaction_id,
      detail_id,
      amount: formatAmount(ore(amount)),
    })),
    entries: (below.entries.get(row.id) ?? []).map(({ entry_id, undo_entry_id }) => ({
      journal_entry_id: entry_id,
      cancellation_entry_id: undo_entry_id,
    })),
    lines: (below.lines.get(row.id) ?? []).map(({ entry_id, line_no, amount }) => ({
      journal_entry_id: entry_id,
      line_number: line_no,
      amount: formatAmount(ore(amount)),
    })),
    items: (below.items.get(row.id) ?? []).map(({ entry_id, line_no, document_id, bank_transaction_id, amount }) => ({
      journal_entry_id: entry_id,
      line_number: line_no,
      document_id,
      bank_transaction_id,
      amount: formatAmount(ore(amount)),
    })),
  }));
}
