import sql, { type Sql } from 'sql-template-tag';
import { dateInNorway } from '../../kernel/local-date.ts';
import { mastersChanged, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, type Language, problem } from '../../platform/errors.ts';
import { DateText, Id, MoneyInput, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { writeOperation } from '../../platform/operation.ts';
import { AUDIT_FIELDS, readOnly } from '../read-only.ts';
import { type DatedRateRow, findTaxCode } from './tax-code.ts';
import { checkTaxCode, RateInput } from './tax-code-check.ts';

const Code = Type.String({ minLength: 1, maxLength: 70 });
export const taxCodeFields = {
  tax_account_code: Type.Optional(nullable(Code)),
  acquisition_tax_account_code: Type.Optional(nullable(Code)),
  deduction_percent: Type.Optional(MoneyInput),
  specification: Type.Optional(nullable(Type.String())),
  compensation: Type.Optional(Type.Boolean()),
  active_from: Type.Optional(DateText),
  active_to: Type.Optional(nullable(DateText)),
  rates: Type.Optional(Type.Array(RateInput, { maxItems: 100 })),
};
const SERVER_FIELDS = [
  ...AUDIT_FIELDS,
  'tax_rate',
  'category',
  'direction',
  'tax_account_id',
  'acquisition_tax_account_id',
  'is_reverse_charge',
  'is_import_paid',
  'reportable',
  'description',
  'tax_account',
  'acquisition_tax_account',
] as const;
export const serverFields = readOnly(...SERVER_FIELDS);
export const Description = Type.String({ minLength: 1, maxLength: 250, pattern: '\\S' });

export const NewTaxCode = strict({
  client_account_id: Id,
  code: Type.String({ pattern: '^[A-Za-z0-9ÆØÅæøå][A-Za-z0-9ÆØÅæøå._-]{0,69}$' }),
  standard_code: Type.String(),
  description_nob: Description,
  description_eng: Type.Optional(Description),
  ...taxCodeFields,
  ...serverFields,
});
export type NewTaxCode = Omit<Static<typeof NewTaxCode>, 'client_account_id' | (typeof SERVER_FIELDS)[number]>;

/**
 * Creates a client account's own VAT code under one of the 30 standard codes, for example one with proportionate
 * deduction. Accounts, rates and compensation default to those of the standard code.
 */
export const createTaxCode = writeOperation({
  name: 'tax-code.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, { language, ...input }: NewTaxCode & { language: Language }) {
    const { tx, clientAccountId, now } = context;
    await mastersChanged(tx, clientAccountId);
    const taken = await tx.maybe(sql`
      select 1 from tax_codes where client_account_id = ${clientAccountId} and code = ${input.code}`);
    if (taken) throw invalid([problem('code', `${input.code} exists already`, `${input.code} finnes allerede`)]);
    const like = await tx.maybe<Like>(sql`
      select tax_account_code, acquisition_tax_account_code, deduction_percent from tax_codes
      where client_account_id = ${clientAccountId} and code = ${input.standard_code}`);
    const { standard, deduction, rates } = await checkTaxCode(tx, clientAccountId, {
      standard_code: input.standard_code,
      tax_account_code:
        input.tax_account_code === undefined ? (like?.tax_account_code ?? null) : input.tax_account_code,
      acquisition_tax_account_code:
        input.acquisition_tax_account_code === undefined
          ? (like?.acquisition_tax_account_code ?? null)
          : input.acquisition_tax_account_code,
      deduction_percent: input.deduction_percent ?? like?.deduction_percent ?? '100',
      specification: input.specification ?? null,
      compensation: input.compensation ?? false,
      active_from: input.active_from ?? '1970-01-01',
      active_to: input.active_to ?? null,
      rates: input.rates ?? (await standardRates(tx, clientAccountId, input.standard_code)),
    });
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into tax_codes ${insertion({
        client_account_id: clientAccountId,
        code: input.code,
        id,
        standard_code: standard.code,
        category: categoryLike(clientAccountId, standard.code),
        direction: standard.direction,
        tax_account_code: input.tax_account_code === undefined ? like?.tax_account_code : input.tax_account_code,
        acquisition_tax_account_code:
          input.acquisition_tax_account_code === undefined
            ? like?.acquisition_tax_account_code
            : input.acquisition_tax_account_code,
        deduction_percent: deduction,
        is_reverse_charge: standard.direction === 'reverse',
        is_import_paid: standard.importPaid ?? false,
        reportable: standard.reportable,
        specification: input.specification,
        compensation: input.compensation ?? false,
        description_nb: input.description_nob.trim(),
        description_en: (input.description_eng ?? input.description_nob).trim(),
        active_from: input.active_from,
        active_to: input.active_to,
        created_at: now,
        updated_at: now,
      })}`);
    await writeRates(tx, clientAccountId, input.code, rates);
    const view = await findTaxCode(tx, clientAccountId, id, { date: dateInNorway(now), language });
    context.audit({ recordType: 'tax_code', recordId: id, after: view });
    return view;
  },
});

interface Like {
  tax_account_code: string | null;
  acquisition_tax_account_code: string | null;
  deduction_percent: string;
}

/** Input or output, as the client account's standard code. */
export function categoryLike(clientAccountId: number, standardCode: string): Sql {
  return sql`(select category from tax_codes where client_account_id = ${clientAccountId} and code = ${standardCode})`;
}

function standardRates(tx: Transaction, clientAccountId: number, code: string): Promise<DatedRateRow[]> {
  return tx.rows<DatedRateRow>(sql`
    select valid_from, valid_to, rate from tax_code_rates
    where client_account_id = ${clientAccountId} and code = ${code} order by valid_from`);
}

/** Replaces the rates. */
export async function writeRates(
  tx: Transaction,
  clientAccountId: number,
  code: string,
  rates: readonly DatedRateRow[],
): Promise<void> {
  await tx.execute(sql`delete from tax_code_rates where client_account_id = ${clientAccountId} and code = ${code}`);
  await tx.execute(sql`
    insert into tax_code_rates (client_account_id, code, valid_from, valid_to, rate)
    select ${clientAccountId}, ${code}, valid_from, valid_to, rate
    from unnest(${rates.map((rate) => rate.valid_from)}::date[], ${rates.map((rate) => rate.valid_to)}::date[],
      ${rates.map((rate) => rate.rate)}::numeric[]) as t (valid_from, valid_to, rate)`);
}
