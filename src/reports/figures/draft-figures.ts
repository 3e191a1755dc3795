import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, MAX_TURNOVER, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { reportErrors } from '../errors.ts';
import { type Figure, fiscalYearStart } from './ledger-figures.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';
import type { ReportRange } from '../foundations/report-range.ts';

const DRAFT_FIGURES = `
select l.account_code, l.dimension_key,
  sum(case when d.entry_date < $2 then l.debit - l.credit else 0 end)::bigint as earlier,
  sum(case when d.entry_date >= $2 and d.entry_date < $3 then l.debit - l.credit else 0 end)::bigint as incoming,
  sum(case when d.entry_date >= $3 then l.debit else 0 end)::bigint as debit,
  sum(case when d.entry_date >= $3 then l.credit else 0 end)::bigint as credit
from draft_journal_entries d
cross join lateral jsonb_to_recordset(d.computed_lines) as l (account_code text, dimension_key text, debit bigint, credit bigint)
where d.client_account_id = $1 and d.entry_date <= $4 and jsonb_typeof(d.computed_lines) = 'array'
group by l.account_code, l.dimension_key`;

/** Figures of the drafts that could be posted unchanged. For internal reports only: drafts are outside the books. */
export async function readDraftFigures(
  tx: Transaction,
  clientAccountId: number,
  { from, to }: ReportRange,
  filter: ReportFilter,
): Promise<Figure[]> {
  await refuseTooLargeDrafts(tx, clientAccountId);
  const rows = await tx.named<{
    account_code: string;
    dimension_key: string | null;
    earlier: number;
    incoming: number;
    debit: number;
    credit: number;
  }>('report-draft-figures', DRAFT_FIGURES, [
    clientAccountId,
    await fiscalYearStart(tx, clientAccountId, from),
    from,
    to,
  ]);
  return rows
    .map((row) => ({ row, members: membersOf(row.dimension_key ?? '') }))
    .filter(({ row, members }) => matchesFilter(filter, row.account_code, members))
    .map(({ row, members }) => ({
      accountCode: row.account_code,
      bankAccountId: members.get('bank_account') ?? null,
      businessPartnerId: members.get('business_partner') ?? null,
      assetId: members.get('asset') ?? null,
      ...amountsOf(row),
    }));
}

const DRAFT_AMOUNTS = `
select l.account_code, l.dimension_key, date_trunc('month', d.entry_date::timestamp)::date as month,
  sum(l.debit - l.credit)::bigint as amount
from draft_journal_entries d
cross join lateral jsonb_to_recordset(d.computed_lines) as l (account_code text, dimension_key text, debit bigint, credit bigint)
where d.client_account_id = $1 and d.entry_date between $2 and $3 and jsonb_typeof(d.computed_lines) = 'array'
group by l.account_code, l.dimension_key, 3`;

/** Debit − credit of the same drafts by account and month. */
export async function readDraftAmounts(
  tx: Transaction,
  clientAccountId: number,
  { from, to }: ReportRange,
  filter: ReportFilter,
): Promise<{ accountCode: string; month: LocalDate; amount: Ore }[]> {
  await refuseTooLargeDrafts(tx, clientAccountId);
  const rows = await tx.named<{ account_code: string; dimension_key: string | null; month: LocalDate; amount: number }>(
    'report-draft-amounts',
    DRAFT_AMOUNTS,
    [clientAccountId, from, to],
  );
  return rows
    .filter((row) => matchesFilter(filter, row.account_code, membersOf(row.dimension_key ?? '')))
    .map((row) => ({ accountCode: row.account_code, month: row.month, amount: ore(row.amount) }));
}

const DRAFT_TOTAL = `
select (select turnover from client_account_heads where client_account_id = $1)::text as books,
  (select coalesce(sum(l.debit), 0)
    from draft_journal_entries d
    cross join lateral jsonb_to_recordset(d.computed_lines) as l (debit numeric)
    where d.client_account_id = $1 and jsonb_typeof(d.computed_lines) = 'array')::text as drafts`;

/** Drafts are not limited until they are posted; in a report, drafts and books together must not exceed the limit. */
async function refuseTooLargeDrafts(tx: Transaction, clientAccountId: number): Promise<void> {
  const [row] = await tx.named<{ books: string | null; drafts: string }>('report-draft-total', DRAFT_TOTAL, [
    clientAccountId,
  ]);
  const [books, drafts] = [ore(row?.books ?? null), ore(row?.drafts ?? null)];
  if (books + drafts <= MAX_TURNOVER) return;
  const [limit, sums] = [formatAmount(MAX_TURNOVER), { books: formatAmount(books), drafts: formatAmount(drafts) }];
  throw reportErrors.drafts_too_large({ ...sums, limit });
}

function amountsOf(row: Record<'earlier' | 'incoming' | 'debit' | 'credit', number>): Record<keyof typeof row, Ore> {
  return { earlier: ore(row.earlier), incoming: ore(row.incoming), debit: ore(row.debit), credit: ore(row.credit) };
}

/** `asset:12,department:7` */
function membersOf(key: string): Map<string, number> {
  const members = key === '' ? [] : key.split(',');
  return new Map(
    members.map((member) => {
      const [type = '', id = ''] = member.split(':');
      return [type, Number(id)];
    }),
  );
}

export function matchesFilter(
  filter: ReportFilter,
  accountCode: string,
  members: ReadonlyMap<string, number>,
): boolean {
  const { codes, ranges, dimensions } = filter;
  const anyAccount = codes.length + ranges.length === 0;
  const account =
    anyAccount ||
    codes.includes(accountCode) ||
    ranges.some(({ from, to }) => from <= accountCode && accountCode <= to);
  return account && dimensions.every(({ type, ids }) => ids.includes(members.get(type) ?? 0));
}
