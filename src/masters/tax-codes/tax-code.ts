import sql, { empty, type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type Language, requestErrors } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';

const NText = nullable(Type.String());
const NestedAccount = nullable(
  strict({
    id: Type.Integer(),
    account_code: Type.String(),
    description: Type.String(),
    mandatory_dimensions: Type.Array(Type.String()),
  }),
);

export const TaxCodeView = strict({
  id: Id,
  client_account_id: Id,
  code: Type.String(),
  standard_code: Type.String({ description: 'One of the 30 standard codes of SAF-T and the VAT return' }),
  tax_rate: nullable(Type.String({ description: 'Percent in force on the asked date; null where the code had none' })),
  category: nullable(Type.Enum(['input', 'output'])),
  direction: Type.Enum(['sale', 'purchase', 'reverse', 'none']),
  tax_account_id: nullable(Type.Integer({ description: 'Account of calculated output VAT' })),
  tax_account_code: NText,
  acquisition_tax_account_id: nullable(Type.Integer({ description: 'Account of deductible input VAT' })),
  acquisition_tax_account_code: NText,
  deduction_percent: Type.String(),
  is_reverse_charge: Type.Boolean(),
  is_import_paid: Type.Boolean(),
  reportable: Type.Boolean(),
  specification: NText,
  compensation: Type.Boolean(),
  active_from: DateText,
  active_to: nullable(DateText),
  description: Type.String({ description: 'In the language of the request' }),
  description_nob: Type.String(),
  description_eng: Type.String(),
  rates: Type.Array(strict({ valid_from: DateText, valid_to: nullable(DateText), rate: Type.String() })),
  created_at: TimeText,
  updated_at: TimeText,
  tax_account: Type.Optional(NestedAccount),
  acquisition_tax_account: Type.Optional(NestedAccount),
});
export type TaxCodeView = Static<typeof TaxCodeView>;

export interface DatedRateRow {
  valid_from: LocalDate;
  valid_to: LocalDate | null;
  rate: string;
}

interface TaxCodeRow extends Omit<TaxCodeView, 'created_at' | 'updated_at' | 'rates' | 'description' | 'tax_rate'> {
  rates: DatedRateRow[];
  created_at: Date;
  updated_at: Date;
}

/** VAT codes of a client account, sales and purchases in the order of their numbers. `date` decides the shown rate. */
export async function taxCodes(
  tx: Transaction,
  clientAccountId: number,
  { date, language, where = empty }: { date: LocalDate; language: Language; where?: Sql },
): Promise<TaxCodeView[]> {
  const rows = await tx.rows<TaxCodeRow>(sql`
    select t.id, t.client_account_id, t.code, t.standard_code, t.category, t.direction,
      coalesce(c1.id, g1.id) as tax_account_id, t.tax_account_code,
      coalesce(c2.id, g2.id) as acquisition_tax_account_id, t.acquisition_tax_account_code, t.deduction_percent,
      t.is_reverse_charge, t.is_import_paid, t.reportable, t.specification, t.compensation, t.active_from, t.active_to,
      t.description_nb as description_nob, t.description_en as description_eng, t.created_at, t.updated_at,
      coalesce((
        select json_agg(json_build_object('valid_from', r.valid_from, 'valid_to', r.valid_to, 'rate', r.rate::text)
          order by r.valid_from)
        from tax_code_rates r where r.client_account_id = t.client_account_id and r.code = t.code), '[]') as rates
    from tax_codes t
    left join client_gl_accounts c1 on c1.client_account_id = t.client_account_id and c1.account_code = t.tax_account_code
    left join gl_accounts g1 on g1.account_code = t.tax_account_code
    left join client_gl_accounts c2
      on c2.client_account_id = t.client_account_id and c2.account_code = t.acquisition_tax_account_code
    left join gl_accounts g2 on g2.account_code = t.acquisition_tax_account_code
    where t.client_account_id = ${clientAccountId} ${where}
    order by case when t.code ~ '^[0-9]{1,9}$' then t.code::int end nulls last, t.code`);
  return rows.map((row) => ({
    ...row,
    deduction_percent: percentText(row.deduction_percent),
    tax_rate: rateAt(row.rates, date),
    description: language === 'en' ? row.description_eng : row.description_nob,
    rates: row.rates.map((rate) => ({ ...rate, rate: percentText(rate.rate) })),
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  }));
}

/** One VAT code. Throws 404. */
export async function findTaxCode(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  view: { date: LocalDate; language: Language },
): Promise<TaxCodeView> {
  const [code] = await taxCodes(tx, clientAccountId, { ...view, where: sql`and t.id = ${id}` });
  if (!code) throw requestErrors.not_found({ what: 'Tax code' });
  return code;
}

function rateAt(rates: readonly DatedRateRow[], date: LocalDate): string | null {
  const hit = rates.find((rate) => rate.valid_from <= date && (rate.valid_to === null || date <= rate.valid_to));
  return hit ? percentText(hit.rate) : null;
}

/** "25.0000" → "25.00"; four decimals only where they are significant. */
function percentText(percent: string): string {
  return percent.replace(/(\.\d\d)0{1,2}$/, '$1');
}
