import sql from 'sql-template-tag';
import type { FiscalYear } from '../../kernel/fiscal-year.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { readFiscalCalendar } from '../../ledger/index.ts';
import { READERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { entityNames } from './related-entities.ts';
import { readReportSubject, type ReportSubject } from '../foundations/report-subject.ts';

export interface EntryLabel {
  id: number;
  series: string;
  sequenceNumber: number;
  fiscalYear: number;
}

export interface TrailFile {
  id: number;
  name: string;
  contentType: string;
  sizeBytes: number;
}

/** The control trail of a posted entry: who, when, its documents, its related entries (bokføringsloven § 6). */
export interface EntryTrail {
  clientAccountId: number;
  subject: ReportSubject;
  /** Order of posting over all series; 0 for a draft. */
  postingNo: number;
  createdBy: string;
  /** The sealed block of the hash chain that holds the entry; null until it is sealed. */
  blockNo: number | null;
  cancels: EntryLabel | null;
  cancelledBy: EntryLabel | null;
  files: TrailFile[];
  /** The fiscal year of its day. */
  fiscalYear: FiscalYear;
  /** Names of all entities that its lines refer to. */
  names: ReadonlyMap<number, string>;
}

interface TrailRow {
  day: LocalDate;
  posting_no: number;
  created_by: string;
  block_no: number | null;
  related: {
    how: 'cancels' | 'cancelled_by';
    id: number;
    series: string;
    sequence_number: number;
    fiscal_year: number;
  }[];
  files: { id: number; name: string; content_type: string; size_bytes: number }[];
  dimension_keys: string[];
}

export const getEntryTrail = readOperation({
  name: 'report.entry-trail',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { id }: { id: number }): Promise<EntryTrail> {
    const row =
      (await tx.maybe<TrailRow>(sql`
        select e.entry_date as day, e.posting_no, trim(u.first_name || ' ' || u.last_name) as created_by,
          (select block_no from chain_blocks b where b.client_account_id = e.client_account_id
            and e.posting_no between b.first_posting_no and b.last_posting_no) as block_no,
          (select coalesce(json_agg(json_build_object('how', how, 'id', r.id, 'series', r.series,
              'sequence_number', r.sequence_number, 'fiscal_year', r.fiscal_year)), '[]')
            from (
              select 'cancels' as how, c.id, c.series, c.sequence_number, c.fiscal_year from journal_entries c
              where c.client_account_id = e.client_account_id and c.id = e.cancels_entry_id
              union all
              select 'cancelled_by', c.id, c.series, c.sequence_number, c.fiscal_year from journal_entries c
              where c.client_account_id = e.client_account_id and c.cancels_entry_id = e.id
            ) r) as related,
          (select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'content_type', f.content_type,
              'size_bytes', f.size_bytes) order by f.id), '[]')
            from files f where f.client_account_id = e.client_account_id and (f.id = e.voucher_id or f.id in (
              select voucher_id from journal_entry_vouchers v
              where v.client_account_id = e.client_account_id and v.entry_id = e.id))) as files,
          (select coalesce(array_agg(distinct s.key), '{}') from journal_entry_lines l
            join dimension_sets s on s.client_account_id = l.client_account_id and s.id = l.dimension_set_id
            where l.client_account_id = e.client_account_id and l.entry_id = e.id) as dimension_keys
        from journal_entries e join users u on u.id = e.created_by_id
        where e.client_account_id = ${clientAccountId} and e.id = ${id}`)) ??
      (await tx.maybe<TrailRow>(sql`
        select coalesce(d.entry_date, d.created_at at time zone 'Europe/Oslo')::date as day, 0 as posting_no, trim(u.first_name || ' ' || u.last_name) as created_by, null as block_no,
          '[]'::json as related,
          (select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'content_type', f.content_type,
              'size_bytes', f.size_bytes)), '[]') from files f
            where f.client_account_id = d.client_account_id and f.id = (d.input ->> 'voucher_id')::bigint) as files,
          (select coalesce(array_agg(distinct l ->> 'dimension_key'), '{}')
            from jsonb_array_elements(case when jsonb_typeof(d.computed_lines) = 'array' then d.computed_lines else '[]' end) l
          ) as dimension_keys
        from draft_journal_entries d join users u on u.id = d.created_by_id
        where d.client_account_id = ${clientAccountId} and d.id = ${id}`));
    if (!row) throw requestErrors.not_found({ what: 'Journal entry' });
    const ids = row.dimension_keys.flatMap((key) =>
      key ? key.split(',').map((member) => Number(member.split(':')[1])) : [],
    );
    return {
      clientAccountId,
      subject: await readReportSubject(tx, clientAccountId),
      postingNo: row.posting_no,
      createdBy: row.created_by,
      blockNo: row.block_no,
      cancels: labelOf(row, 'cancels'),
      cancelledBy: labelOf(row, 'cancelled_by'),
      files: row.files.map((file) => ({
        id: file.id,
        name: file.name,
        contentType: file.content_type,
        sizeBytes: file.size_bytes,
      })),
      fiscalYear: (await readFiscalCalendar(tx, clientAccountId)).yearAt(row.day),
      names: await entityNames(tx, clientAccountId, new Set(ids)),
    };
  },
});

function labelOf({ related }: TrailRow, how: 'cancels' | 'cancelled_by'): EntryLabel | null {
  const found = related.find((entry) => entry.how === how);
  return found
    ? { id: found.id, series: found.series, sequenceNumber: found.sequence_number, fiscalYear: found.fiscal_year }
    : null;
}
