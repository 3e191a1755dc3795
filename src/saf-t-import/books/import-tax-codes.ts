import sql from 'sql-template-tag';
import { addDays } from '../../kernel/local-date.ts';
import { numberArray, STANDARD_TAX_CODES, type StandardTaxCode, textArray } from '../../ledger/index.ts';
import type { BookTaxCode } from '../audit-file/audit-book.ts';
import type { TaxCodeRecord } from '../audit-file/audit-records.ts';
import type { FaultList } from '../checks/fault.ts';
import type { Ledger } from './ledger-head.ts';

const STANDARD = new Map(STANDARD_TAX_CODES.map((code) => [code.code, code]));

interface PresentCode {
  code: string;
  standard_code: string;
  used: boolean;
}

/**
 * The tax table becomes VAT codes of the client account: own code, standard code, dated rates, deduction. The effect of
 * a code (who calculates, on which accounts) follows from its standard code. A default code of the ledger that is
 * unused takes the file's meaning; a code in use must have the same meaning.
 */
export async function importTaxCodes(ledger: Ledger, codes: Iterable<BookTaxCode>, faults: FaultList): Promise<number> {
  const present = await presentCodes(ledger);
  const made: BookTaxCode[] = [];
  for (const code of codes) {
    const standard = standardOf(code);
    const known = present.get(code.code);
    if (known && (code.made || known.standard_code === standard)) continue;
    if (known?.used) {
      faults.add('master-differs', {
        line: code.records[0]!.at,
        element: `TaxCodeDetails ${code.code}`,
        found: `standard code ${standard}`,
        expected: `standard code ${known.standard_code}, in use in the books`,
      });
      continue;
    }
    made.push(code);
  }
  await writeCodes(ledger, made);
  await writeRates(ledger, made);
  return made.length;
}

async function presentCodes(ledger: Ledger): Promise<Map<string, PresentCode>> {
  const rows = await ledger.tx.rows<PresentCode>(sql`
    select t.code, t.standard_code, t.origin is not null or exists (
      select from journal_entry_lines l where l.client_account_id = t.client_account_id and l.tax_code = t.code) as used
    from tax_codes t where t.client_account_id = ${ledger.clientAccountId}`);
  return new Map(rows.map((row) => [row.code, row]));
}

function standardOf(code: BookTaxCode): string {
  const written = code.records[0]!.standardCode;
  return written !== undefined && STANDARD.has(written) ? written : 'NA';
}

/** Deduction in percent from the newest record; of several base rates (1.20) the largest counts. */
export function deductionOf(record: TaxCodeRecord | undefined): string {
  const rates = (record?.baseRates ?? []).filter((rate) => Number(rate) >= 0 && Number(rate) <= 100);
  return rates.length === 0 ? '100' : rates.reduce((a, b) => (Number(b) > Number(a) ? b : a));
}

async function writeCodes(ledger: Ledger, codes: readonly BookTaxCode[]): Promise<void> {
  if (codes.length === 0) return;
  const rows = codes.map((code) => codeRow(code, ledger.takeId()));
  const texts = (of: (row: ReturnType<typeof codeRow>) => string | null) => textArray(rows.map(of));
  await ledger.tx.execute(sql`
    insert into tax_codes (client_account_id, code, id, standard_code, category, direction, tax_account_code,
      acquisition_tax_account_code, deduction_percent, is_reverse_charge, is_import_paid, reportable, compensation,
      description_nb, description_en, active_from, active_to, origin)
    select ${ledger.clientAccountId}, code, id, standard, category, direction, output, deduction, percent, direction = 'reverse', paid,
      reportable, compensation, description, description, active_from, active_to, origin::jsonb
    from unnest(${texts((r) => r.code)}::text[], ${numberArray(rows.map((r) => r.id))}::bigint[], ${texts((r) => r.standard)}::text[],
      ${texts((r) => r.category)}::text[], ${texts((r) => r.direction)}::text[], ${texts((r) => r.output)}::text[],
      ${texts((r) => r.deduction)}::text[], ${texts((r) => r.percent)}::numeric[], ${texts((r) => String(r.paid))}::boolean[],
      ${texts((r) => String(r.reportable))}::boolean[], ${texts((r) => String(r.compensation))}::boolean[],
      ${texts((r) => r.description)}::text[], ${texts((r) => r.activeFrom)}::date[], ${texts((r) => r.activeTo)}::date[],
      ${texts((r) => r.origin)}::text[])
      as t (code, id, standard, category, direction, output, deduction, percent, paid, reportable, compensation, description,
        active_from, active_to, origin)
    on conflict (client_account_id, code) do update set standard_code = excluded.standard_code, category = excluded.category,
      direction = excluded.direction, tax_account_code = excluded.tax_account_code,
      acquisition_tax_account_code = excluded.acquisition_tax_account_code, deduction_percent = excluded.deduction_percent,
      is_reverse_charge = excluded.is_reverse_charge, is_import_paid = excluded.is_import_paid,
      reportable = excluded.reportable, compensation = excluded.compensation, description_nb = excluded.description_nb,
      description_en = excluded.description_en, active_from = excluded.active_from, active_to = excluded.active_to,
      origin = excluded.origin, updated_at = now()`);
}

function codeRow(code: BookTaxCode, id: number) {
  const standardCode = standardOf(code);
  const standard = STANDARD.get(standardCode);
  const newest = code.records.at(-1)!;
  const earliest = code.records.map((record) => record.effective ?? '1970-01-01').reduce((a, b) => (b < a ? b : a));
  const ends = code.records.map((record) => record.expires);
  return {
    code: code.code,
    id,
    standard: standardCode,
    category: categoryOf(standard),
    direction: standard?.direction ?? 'none',
    output: standard?.output ?? null,
    deduction: standard?.deduction ?? null,
    percent: standard && standard.direction === 'reverse' && !standard.deductible ? '0' : deductionOf(newest),
    paid: standard?.importPaid ?? false,
    reportable: standard?.reportable ?? false,
    compensation: newest.compensation ?? false,
    description: newest.description ?? standard?.nb ?? `Mva-kode ${code.code}`,
    activeFrom: earliest,
    activeTo: ends.includes(undefined) ? null : (ends as string[]).reduce((a, b) => (b > a ? b : a)),
    origin: JSON.stringify({
      records: code.records.map((record) => ({ ...record, kind: undefined, at: undefined, flatRate: undefined })),
    }),
  };
}

function categoryOf(standard: StandardTaxCode | undefined): 'input' | 'output' | null {
  if (!standard) return null;
  if (standard.direction === 'sale' || standard.code === '7') return 'output';
  return standard.code === '0' || standard.code === '20' ? null : 'input';
}

async function writeRates(ledger: Ledger, codes: readonly BookTaxCode[]): Promise<void> {
  if (codes.length === 0) return;
  const rows = codes.flatMap(ratesOf);
  await ledger.tx.execute(sql`
    delete from tax_code_rates where client_account_id = ${ledger.clientAccountId}
      and code = any(${textArray(codes.map((code) => code.code))}::text[])`);
  await ledger.tx.execute(sql`
    insert into tax_code_rates (client_account_id, code, valid_from, valid_to, rate)
    select ${ledger.clientAccountId}, code, valid_from, valid_to, rate
    from unnest(${textArray(rows.map((r) => r.code))}::text[], ${textArray(rows.map((r) => r.from))}::date[],
      ${textArray(rows.map((r) => r.to))}::date[], ${textArray(rows.map((r) => r.rate))}::numeric[]) as t (code, valid_from, valid_to, rate)`);
}

interface RateRow {
  code: string;
  from: string;
  to: string | null;
  rate: string;
}

/** The file's rates with their dates; a code without rates gets those of its standard code. */
function ratesOf(code: BookTaxCode): RateRow[] {
  const rated = code.records.filter((record) => record.percentage !== undefined);
  if (rated.length === 0) {
    const standard = STANDARD.get(standardOf(code));
    return (standard?.rates ?? [{ from: '1970-01-01', to: null, rate: '0' }]).map((rate) => ({
      code: code.code,
      ...rate,
    }));
  }
  const rows = rated
    .map((record) => ({
      code: code.code,
      from: record.effective ?? '1970-01-01',
      to: record.expires ?? null,
      rate: record.percentage!,
    }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  // A record without an end lasts until the next begins.
  rows.forEach((row, i) => {
    const next = rows[i + 1];
    if (next && (row.to === null || row.to >= next.from)) row.to = addDays(next.from, -1);
  });
  return rows;
}
