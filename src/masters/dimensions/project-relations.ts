import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { BalanceStatistics, balanceStatistics, dimensionBalances } from './dimension-balances.ts';
import { ValueFields, type ValueView } from './dimension-value.ts';

export const PROJECT_RELATIONS = [
  'client_account',
  'created_by',
  'updated_by',
  'statistics',
  'journal_entry_lines',
  'vouchers',
] as const;

/**
 * A project may have many thousands of lines; the relation returns the newest, the journal and the reports all of them.
 */
export const NEWEST_LINES = 100;

const ProjectLine = strict({
  journal_entry_id: Id,
  id: Type.Integer(),
  entry_date: DateText,
  account_code: Type.String(),
  debit: Type.String(),
  credit: Type.String(),
  memo: nullable(Type.String()),
});
const ProjectVoucher = strict({ id: Id, name: Type.String(), status: Type.String() });

export const ProjectView = strict({
  ...ValueFields,
  statistics: Type.Optional(BalanceStatistics),
  journal_entry_lines: Type.Optional(
    Type.Array(ProjectLine, { description: `The newest ${NEWEST_LINES} lines of posted entries` }),
  ),
  vouchers: Type.Optional(Type.Array(ProjectVoucher)),
});
export type ProjectView = Static<typeof ProjectView>;

export async function attachProjectRelations(
  tx: Transaction,
  projects: readonly ValueView[],
  asked: ReadonlySet<string>,
): Promise<ProjectView[]> {
  const views: ProjectView[] = [...projects];
  for (const [clientAccountId, group] of groupBy(views, (view) => view.client_account_id)) {
    const ids = group.map((view) => view.id);
    const balances = asked.has('statistics') ? await dimensionBalances(tx, clientAccountId, 'project', ids) : null;
    const lines = asked.has('journal_entry_lines') ? await newestLines(tx, clientAccountId, ids) : null;
    const vouchers = asked.has('vouchers') ? await vouchersOf(tx, clientAccountId, ids) : null;
    for (const view of group) {
      if (balances) view.statistics = balanceStatistics(balances.get(view.id)!);
      if (lines) view.journal_entry_lines = lines.get(view.id) ?? [];
      if (vouchers) view.vouchers = vouchers.get(view.id) ?? [];
    }
  }
  return views;
}

async function newestLines(tx: Transaction, clientAccountId: number, ids: number[]) {
  const rows = await tx.rows<{
    value_id: number;
    entry_id: number;
    line_no: number;
    entry_date: string;
    account_code: string;
    debit: number;
    credit: number;
    memo: string | null;
  }>(sql`
    select p.id as value_id, l.entry_id, l.line_no, l.entry_date, l.account_code, l.debit, l.credit, l.memo
    from unnest(${ids}::bigint[]) as p (id)
    cross join lateral (
      select l.entry_id, l.line_no, l.entry_date, l.account_code, l.debit, l.credit, l.memo
      from journal_entry_lines l
      where l.client_account_id = ${clientAccountId} and l.dimension_set_id in (
        select m.dimension_set_id from dimension_set_members m
        where m.client_account_id = ${clientAccountId} and m.dimension_type = 'project' and m.value_id = p.id)
      order by l.entry_date desc, l.entry_id desc, l.line_no
      limit ${NEWEST_LINES}
    ) l`);
  const views = rows.map(({ value_id: project, entry_id, line_no, debit, credit, ...row }) => ({
    project,
    line: {
      journal_entry_id: entry_id,
      id: line_no,
      ...row,
      debit: formatAmount(ore(debit)),
      credit: formatAmount(ore(credit)),
    },
  }));
  return new Map(
    [...groupBy(views, ({ project }) => project)].map(([id, group]) => [id, group.map(({ line }) => line)]),
  );
}

async function vouchersOf(tx: Transaction, clientAccountId: number, ids: number[]) {
  const rows = await tx.rows<{ value_id: number; id: number; name: string; status: string }>(sql`
    with entries as (
      select distinct m.value_id, l.entry_id
      from dimension_set_members m
      join journal_entry_lines l on l.client_account_id = m.client_account_id and l.dimension_set_id = m.dimension_set_id
      where m.client_account_id = ${clientAccountId} and m.dimension_type = 'project' and m.value_id = any(${ids}::bigint[])
    ), documents as (
      select e.value_id, j.voucher_id from entries e
      join journal_entries j on j.client_account_id = ${clientAccountId} and j.id = e.entry_id
      where j.voucher_id is not null
      union
      select e.value_id, v.voucher_id from entries e
      join journal_entry_vouchers v on v.client_account_id = ${clientAccountId} and v.entry_id = e.entry_id
    )
    select d.value_id, v.id, f.name, 'BOOKED' as status
    from documents d
    join vouchers v on v.client_account_id = ${clientAccountId} and v.id = d.voucher_id
    join files f on f.client_account_id = v.client_account_id and f.id = v.id
    order by d.value_id, v.id`);
  const views = rows.map(({ value_id: project, ...voucher }) => ({ project, voucher }));
  return new Map(
    [...groupBy(views, ({ project }) => project)].map(([id, group]) => [id, group.map(({ voucher }) => voucher)]),
  );
}
