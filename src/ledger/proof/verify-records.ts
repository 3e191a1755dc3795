import sql from 'sql-template-tag';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { LARGEST_LIST } from './verify-list.ts';

interface RecordRow {
  kind: string;
  record_id: number;
  record_entry_id: number | null;
  source: string | null;
  entry_date: string | null;
  expected_date: string | null;
  total: string | null;
  expected_total: string | null;
  stands: boolean | null;
  is_cancelled: boolean;
}

/** Each record with the entry that it posted. */
const RECORDS = sql`(select * from entry_records union all select * from settlement_entry_records)`;

/**
 * Documents, bank matches, settlements of items in a currency, disposals, depreciation runs and VAT settlements each
 * have exactly their entry with the recorded contents, and each entry with such a source is the posting of exactly one
 * of them.
 */
export async function recordsHaveTheirEntries(tx: Transaction, id: number): Promise<string[]> {
  const records = await tx.rows<RecordRow>(sql`
    select r.kind, r.record_id, r.entry_id as record_entry_id, e.source, e.entry_date, r.entry_date as expected_date,
      e.debit_total as total, r.total as expected_total, r.stands, c.id is not null as is_cancelled
    from ${RECORDS} r
    left join journal_entries e on e.client_account_id = ${id} and e.id = r.entry_id and e.source = r.source
      and e.cancels_entry_id is null
    left join journal_entries c on c.client_account_id = ${id} and c.cancels_entry_id = e.id
    where r.client_account_id = ${id} and (e.id is null or e.entry_date <> r.entry_date or e.debit_total <> r.total
      or r.stands = (c.id is not null))
    order by 1, 2 limit ${LARGEST_LIST}`);
  const entries = await tx.rows<{ id: number; source: string; records: number }>(sql`
    select e.id, e.source, count(r.record_id) as records from journal_entries e
    left join ${RECORDS} r on r.client_account_id = ${id} and r.entry_id = e.id and r.source = e.source
    where e.client_account_id = ${id} and e.cancels_entry_id is null
      and e.source in ('document', 'bank', 'disposal', 'depreciation', 'vat-settlement', 'settlement')
    group by e.id, e.source having count(r.record_id) <> 1 order by 1 limit ${LARGEST_LIST}`);
  return [
    ...records.map((row) => `${row.kind} ${row.record_id}: ${faultOf(row)}`),
    ...entries.map(({ id: entry, source, records: found }) =>
      found === 0
        ? `entry ${entry}: posted by a ${source}, but there is no record of it`
        : `entry ${entry}: ${found} records say that it is theirs`,
    ),
  ];
}

function faultOf(row: RecordRow): string {
  const entry = `its entry ${row.record_entry_id ?? ''}`.trim();
  if (row.source === null) return `${entry} is missing`;
  if (row.stands !== null && row.stands === row.is_cancelled)
    return row.stands ? `stands, but ${entry} is cancelled` : `is taken back, but ${entry} stands`;
  if (row.expected_date !== null && row.entry_date !== row.expected_date)
    return `${entry} is dated ${row.entry_date}, not ${row.expected_date}`;
  return `${entry} is of ${formatAmount(ore(row.total))}, not ${formatAmount(ore(row.expected_total))}`;
}
