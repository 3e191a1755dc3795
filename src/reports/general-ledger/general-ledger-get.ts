import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { type GeneralLedgerQuestion, openGeneralLedger } from './general-ledger-read.ts';
import type { LedgerRow } from './ledger-rows.ts';
import type { SectionAmounts } from './sections.ts';

export interface GeneralLedgerPageQuestion extends GeneralLedgerQuestion {
  /** From 1. */
  page: number;
  perPage: number;
}

/** A page of the rows of a general ledger; all pages in order are the whole. */
export interface GeneralLedgerPage extends GeneralLedgerPageQuestion {
  clientAccountId: number;
  rows: LedgerRow[];
  /** Rows of all pages. */
  records: number;
  totals: SectionAmounts;
}

/**
 * Hovedbok (kontospesifikasjon). All pages cost about the same: the position is found by the line counts of the month
 * balances. Throws 422 for an impossible range.
 */
export const getGeneralLedgerPage = readOperation({
  name: 'report.general-ledger',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, tx, clientAccountId, now }, question: GeneralLedgerPageQuestion): Promise<GeneralLedgerPage> {
    const { page, perPage } = question;
    const context = { tx, database: platform.database, clientAccountId, now };
    const { ledger, reader } = await openGeneralLedger(context, question);
    const rows: LedgerRow[] = [];
    for await (const batch of reader(perPage).rows(ledger.sections, (page - 1) * perPage, page * perPage))
      rows.push(...batch);
    return { ...question, clientAccountId, rows, records: ledger.rows, totals: ledger.totals };
  },
});
