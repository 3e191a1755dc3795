import { ownValue } from '../../kernel/own-value.ts';
import sql from 'sql-template-tag';
import type { ExportSubject } from '../export-subject.ts';
import type { ExportCompany } from './read-company.ts';
import { LIMIT, textElement } from '../xml/xml-text.ts';

/** A series of vouchers, as a journal of the file. */
export interface ExportJournal {
  series: string;
  description: string;
  type: string;
  entries: number;
  debit: bigint;
  credit: bigint;
}

/** Series named by the ledger itself or by common practice. GL: ledger, AR: receivables, AP: payables. */
const KNOWN: Readonly<Record<string, { description: string; type: string; voucher: string }>> = {
  GL: { description: 'Hovedbok', type: 'GL', voucher: 'Hovedboksbilag' },
  UTG: { description: 'Utgående fakturaer', type: 'AR', voucher: 'Utgående faktura' },
  INN: { description: 'Inngående fakturaer', type: 'AP', voucher: 'Inngående faktura' },
  BANK: { description: 'Bank', type: 'GL', voucher: 'Bankbilag' },
  LONN: { description: 'Lønn', type: 'GL', voucher: 'Lønnsbilag' },
  MVA: { description: 'Merverdiavgift', type: 'GL', voucher: 'Mva-oppgjør' },
  IB: { description: 'Inngående balanse', type: 'GL', voucher: 'Inngående balanse' },
  AVS: { description: 'Avskrivninger', type: 'GL', voucher: 'Avskrivning' },
  'SAF-T-AR': { description: 'Årsavslutning fra SAF-T', type: 'GL', voucher: 'Årsavslutning' },
  'SAF-T-IB': { description: 'Inngående balanse fra SAF-T', type: 'GL', voucher: 'Inngående balanse' },
};

export async function readJournals(subject: ExportSubject, company: ExportCompany): Promise<ExportJournal[]> {
  const { tx, clientAccountId, range, knownPostingNo } = subject;
  const rows = await tx.rows<{ series: string; entries: number; debit: string; credit: string }>(sql`
    select series, count(*) as entries, sum(debit_total)::text as debit, sum(credit_total)::text as credit
    from journal_entries
    where client_account_id = ${clientAccountId} and entry_date between ${range.from} and ${range.to}
      and (${knownPostingNo}::bigint is null or posting_no <= ${knownPostingNo})
    group by series order by series`);
  const imported = new Map(
    company.journals.toReversed().map((journal) => [journal.id?.slice(0, LIMIT.short), journal]),
  );
  return rows.map((row) => {
    const given = imported.get(row.series);
    const known = ownValue(KNOWN, row.series);
    return {
      series: row.series,
      description: given?.description?.trim() || known?.description || row.series,
      type: given?.type?.trim() || known?.type || 'GL',
      entries: row.entries,
      debit: BigInt(row.debit),
      credit: BigInt(row.credit),
    };
  });
}

/** VoucherType and VoucherDescription of the entries in a series, as XML. */
export function voucherTypes(journals: readonly ExportJournal[]): Record<string, string> {
  return Object.fromEntries(
    journals.map(({ series, description }) => [
      series,
      textElement('VoucherType', series, LIMIT.mid2) +
        textElement('VoucherDescription', ownValue(KNOWN, series)?.voucher ?? description, LIMIT.mid2),
    ]),
  );
}

/** The source of an entry, in the file's words; other sources are written by their own name. */
const SOURCES: Readonly<Record<string, string>> = {
  manual: 'Normal',
  cancellation: 'Reversal',
  'saf-t-opening': 'Opening balance',
};

export function transactionTypes(sources: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    sources.map((source) => [source, textElement('TransactionType', ownValue(SOURCES, source) ?? source, LIMIT.short)]),
  );
}
