import sql from 'sql-template-tag';
import type { ExportSubject } from '../export-subject.ts';

/** One TaxCodeDetails: a code during the validity of one rate. */
export interface TaxCodeDetails {
  code: string;
  effective: string;
  expires: string | null;
  description: string;
  percentage: string;
  standardCode: string;
  compensation: boolean;
}

export interface TaxTable {
  details: TaxCodeDetails[];
  /** Deduction shares by code, in percent: the current one and those of posted entries. */
  baseRates: ReadonlyMap<string, ReadonlySet<string>>;
  /** Codes of lines that are themselves VAT paid on import. */
  importPaid: string[];
}

interface Row {
  code: string;
  standard_code: string;
  description_nb: string;
  compensation: boolean;
  is_import_paid: boolean;
  deduction_percent: string;
  base_rates: string[] | null;
  valid_from: string;
  valid_to: string | null;
  rate: string;
}

/** All VAT codes of the ledger with all their rates, in use or not. */
export async function readTaxTable({ tx, clientAccountId, asOf }: ExportSubject): Promise<TaxTable> {
  const table = asOf ? sql`tax_codes_at(${clientAccountId}, ${asOf})` : sql`tax_codes`;
  const rows = await tx.rows<Row>(sql`
    select t.code, t.standard_code, t.description_nb, t.compensation, t.is_import_paid,
      trim_scale(t.deduction_percent)::text as deduction_percent,
      array(select distinct jsonb_array_elements_text(r -> 'baseRates') from jsonb_array_elements(t.origin -> 'records') r
        where jsonb_typeof(r -> 'baseRates') = 'array') as base_rates,
      coalesce(r.valid_from, t.active_from) as valid_from, coalesce(r.valid_to, case when r.code is null then t.active_to end) as valid_to,
      coalesce(trim_scale(r.rate)::text, '0') as rate
    from ${table} t
    left join tax_code_rates r on r.client_account_id = t.client_account_id and r.code = t.code
    where t.client_account_id = ${clientAccountId}
    order by case when t.code ~ '^[0-9]{1,9}$' then t.code::int end nulls last, t.code, r.valid_from`);
  const baseRates = new Map<string, Set<string>>();
  for (const row of rows) {
    const given = (row.base_rates ?? []).filter((rate) => Number(rate) >= 0 && Number(rate) <= 100);
    baseRates.set(row.code, new Set(given.length > 0 ? given : [row.deduction_percent]));
  }
  return {
    details: rows.map((row) => ({
      code: row.code,
      effective: row.valid_from,
      expires: row.valid_to,
      description: row.description_nb,
      percentage: row.rate,
      standardCode: row.standard_code,
      compensation: row.compensation,
    })),
    baseRates,
    importPaid: [...new Set(rows.filter((row) => row.is_import_paid).map((row) => row.code))],
  };
}
