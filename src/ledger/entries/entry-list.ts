import sql, { join, type Sql } from 'sql-template-tag';
import { localDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { DRAFT_COLUMNS, type DraftRow, draftView } from '../drafts/draft-entry.ts';
import { DEFAULT_SERIES } from './entry-check.ts';
import { attachAccounts } from './entry-accounts.ts';
import { entryRows, viewsOf } from './entry-read.ts';
import { readFiscalCalendar } from '../fiscal-years/fiscal-calendar.ts';

export interface ListEntries extends Page {
  dateFrom?: string | undefined;
  dateTo?: string | undefined;
  relationType?: string | undefined;
  relationId?: number | undefined;
  series?: string | undefined;
  fiscalYear?: number | undefined;
  sequenceNumber?: number | undefined;
  accountCode?: string | undefined;
  voucherId?: number | undefined;
  source?: string | undefined;
  isDraft: boolean;
  orderBy?: string | undefined;
  with: ReadonlySet<string>;
  language: Language;
}

export const ENTRY_RELATIONS = [
  'lines',
  'lines.dimensions',
  'lines.account',
  'lines.account.mandatory_dimensions',
] as const;

/**
 * Posted entries of a client account (or its drafts), one page at a time. The default order is the order of posting, so
 * that pages stay stable while entries are posted, whatever their dates.
 */
export const listEntries = readOperation({
  name: 'journal-entry.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: ListEntries) {
    const entries = input.isDraft ? await drafts(tx, clientAccountId, input) : await posted(tx, clientAccountId, input);
    if ([...input.with].some((name) => name.startsWith('lines.account')))
      await attachAccounts(tx, clientAccountId, entries.data, input.language);
    return entries;
  },
});

async function posted(tx: Transaction, clientAccountId: number, input: ListEntries) {
  const conditions = conditionsOf(clientAccountId, input);
  const where = conditions.length > 0 ? join(conditions, ' and ') : sql`true`;
  // Without a filter the head has the count; counting millions of rows for every page would be too slow.
  const { records } = await tx.one<{ records: number }>(
    conditions.length > 0
      ? sql`select count(*) as records from journal_entries e where e.client_account_id = ${clientAccountId} and ${where}`
      : sql`select last_posting_no as records from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const order = orderBy(
    input.orderBy,
    {
      entry_date: 'e.entry_date',
      sequence_number: 'e.sequence_number',
      posted_at: 'e.posting_no',
      created_at: 'e.posting_no',
      total: 'e.debit_total',
      id: 'e.id',
    },
    'posted_at asc',
    'e.id',
  );
  const rows = await entryRows(tx, clientAccountId, where, sql`${order} ${limitOffset(input)}`);
  return envelope(await viewsOf(tx, clientAccountId, rows), input, records);
}

function conditionsOf(clientAccountId: number, input: ListEntries): Sql[] {
  const conditions: Sql[] = [];
  if (input.dateFrom !== undefined) conditions.push(sql`e.entry_date >= ${input.dateFrom}`);
  if (input.dateTo !== undefined) conditions.push(sql`e.entry_date <= ${input.dateTo}`);
  if (input.relationType !== undefined) conditions.push(sql`e.relation_type = ${input.relationType}`);
  if (input.relationId !== undefined) conditions.push(sql`e.relation_id = ${input.relationId}`);
  if (input.series !== undefined) conditions.push(sql`e.series = ${input.series}`);
  if (input.fiscalYear !== undefined) conditions.push(sql`e.fiscal_year = ${input.fiscalYear}`);
  if (input.sequenceNumber !== undefined) conditions.push(sql`e.sequence_number = ${input.sequenceNumber}`);
  if (input.source !== undefined) conditions.push(sql`e.source = ${input.source}`);
  if (input.voucherId !== undefined) {
    conditions.push(sql`(e.voucher_id = ${input.voucherId} or exists (select 1 from journal_entry_vouchers v
      where v.client_account_id = ${clientAccountId} and v.entry_id = e.id and v.voucher_id = ${input.voucherId}))`);
  }
  if (input.accountCode !== undefined) {
    conditions.push(sql`exists (select 1 from journal_entry_lines l
      where l.client_account_id = ${clientAccountId} and l.entry_id = e.id and l.account_code = ${input.accountCode})`);
  }
  return conditions;
}

/** A draft has no number yet and counts as entered by hand; its fiscal year is that of its date. */
async function draftConditions(tx: Transaction, clientAccountId: number, input: ListEntries): Promise<Sql[]> {
  const conditions = [sql`client_account_id = ${clientAccountId}`];
  if (input.dateFrom !== undefined) conditions.push(sql`entry_date >= ${input.dateFrom}`);
  if (input.dateTo !== undefined) conditions.push(sql`entry_date <= ${input.dateTo}`);
  if (input.relationType !== undefined) conditions.push(sql`input ->> 'relation_type' = ${input.relationType}`);
  if (input.relationId !== undefined) conditions.push(sql`input ->> 'relation_id' = ${String(input.relationId)}`);
  if (input.series !== undefined)
    conditions.push(sql`coalesce(input ->> 'series', ${DEFAULT_SERIES}) = ${input.series}`);
  if (input.sequenceNumber !== undefined) conditions.push(sql`false`);
  if (input.source !== undefined && input.source !== 'manual') conditions.push(sql`false`);
  if (input.voucherId !== undefined) conditions.push(sql`input ->> 'voucher_id' = ${String(input.voucherId)}`);
  if (input.accountCode !== undefined) conditions.push(hasLineOn(clientAccountId, input.accountCode));
  if (input.fiscalYear !== undefined) {
    const { fiscalYear } = input;
    const calendar = await readFiscalCalendar(tx, clientAccountId);
    const around = {
      from: localDate(Math.max(fiscalYear - 1, 1), 1, 1),
      to: localDate(Math.min(fiscalYear + 1, 9999), 12, 31),
    };
    const year = calendar.yearsIn(around).find(({ name }) => name === fiscalYear);
    conditions.push(year ? sql`entry_date between ${year.from} and ${year.to}` : sql`false`);
  }
  return conditions;
}

/** Amounts as computed, or as written where they cannot be computed; the account is given by code or by id. */
function hasLineOn(clientAccountId: number, accountCode: string): Sql {
  return sql`exists (
    select from jsonb_array_elements(case when jsonb_typeof(computed_lines) = 'array' then computed_lines
      when jsonb_typeof(input -> 'lines') = 'array' then input -> 'lines' else '[]' end) l
    where l ->> 'account_code' = ${accountCode} or l ->> 'account_id' in (
      select id::text from client_gl_accounts where client_account_id = ${clientAccountId} and account_code = ${accountCode}
      union select id::text from gl_accounts where account_code = ${accountCode}))`;
}

async function drafts(tx: Transaction, clientAccountId: number, input: ListEntries) {
  const where = join(await draftConditions(tx, clientAccountId, input), ' and ');
  const { records } = await tx.one<{ records: number }>(
    sql`select count(*) as records from draft_journal_entries where ${where}`,
  );
  const order = orderBy(input.orderBy, { entry_date: 'entry_date', created_at: 'created_at', id: 'id' }, 'id asc');
  const rows = await tx.rows<DraftRow>(
    sql`select ${DRAFT_COLUMNS} from draft_journal_entries where ${where} ${order} ${limitOffset(input)}`,
  );
  return envelope(
    rows.map((row) => draftView(row, input.language)),
    input,
    records,
  );
}
