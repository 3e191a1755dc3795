import { readFiscalCalendar } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { readDraftFigures } from '../figures/draft-figures.ts';
import { reportErrors } from '../errors.ts';
import { type KnownAt, readKnownAt } from '../figures/known-at.ts';
import type { PrintContext } from '../printed/printable-report.ts';
import { readChart } from '../printed/report-chart.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';
import { type ReportRange, requireRange, START_END_DATE } from '../foundations/report-range.ts';
import { readDraftLines } from './draft-lines.ts';
import { LineNames } from './ledger-line.ts';
import { LedgerReader } from './ledger-rows.ts';
import { readSectionFigures } from './section-figures.ts';
import { type GeneralLedger, generalLedger } from './sections.ts';

/** The parameters of a general ledger, for all formats. */
export interface GeneralLedgerQuestion {
  range: ReportRange;
  filter: ReportFilter;
  includeDrafts: boolean;
  /** The time of knowledge of the books; null: now. */
  asOf: Date | null;
}

/** A general ledger with known sections, whose lines are read on demand. */
export interface OpenGeneralLedger {
  ledger: GeneralLedger;
  known: KnownAt | null;
  names: LineNames;
  /** `batch`: about how many rows are read at once. */
  reader(batch: number): LedgerReader;
}

/** Drafts are computed in memory. With more of them the user has to post first. */
const MOST_DRAFT_LINES = 20_000;

type Context = Pick<PrintContext, 'tx' | 'database' | 'clientAccountId' | 'now'>;

/** Throws 422 for an impossible range, for a time in the future, and for more drafts than a report allows. */
export async function openGeneralLedger(
  { tx, database, clientAccountId, now }: Context,
  { range, filter, includeDrafts, asOf }: GeneralLedgerQuestion,
): Promise<OpenGeneralLedger> {
  requireRange(range, START_END_DATE);
  const known = await readKnownAt(tx, clientAccountId, asOf, now);
  const years = (await readFiscalCalendar(tx, clientAccountId)).yearsIn(range);
  const figures = await readSectionFigures(tx, clientAccountId, range, years, filter, known);
  const drafts = includeDrafts
    ? {
        figures: await readDraftFigures(tx, clientAccountId, range, filter),
        lines: await readDraftLines(tx, clientAccountId, range, filter, MOST_DRAFT_LINES + 1),
      }
    : { figures: [], lines: [] };
  if (drafts.lines.length > MOST_DRAFT_LINES) throw reportErrors.too_many_drafts({ most: MOST_DRAFT_LINES });
  const chart = await readChart(tx, database, clientAccountId, range.to, known);
  const scope = {
    clientAccountId,
    dimensions: filter.dimensions,
    linkedUntil: (await hasLinkedVouchers(tx, clientAccountId)) ? (known?.at ?? now) : null,
    lastEntryId: known && (await lastEntryOf(tx, clientAccountId, known)),
  };
  const names = new LineNames(clientAccountId, known);
  return {
    ledger: generalLedger(figures, drafts, chart, range, years),
    known,
    names,
    reader: (batch) => new LedgerReader(tx, scope, names, batch),
  };
}

const LINKED = `select exists (select 1 from journal_entry_vouchers where client_account_id = $1) as linked`;

async function hasLinkedVouchers(tx: Transaction, clientAccountId: number): Promise<boolean> {
  const [row] = await tx.named<{ linked: boolean }>('report-linked-vouchers', LINKED, [clientAccountId]);
  return row!.linked;
}

const LAST_ENTRY = `select id from journal_entries where client_account_id = $1 and posting_no = $2`;

async function lastEntryOf(tx: Transaction, clientAccountId: number, { postingNo }: KnownAt): Promise<number> {
  const [row] = await tx.named<{ id: number }>('report-last-entry', LAST_ENTRY, [clientAccountId, postingNo]);
  return row?.id ?? 0;
}
