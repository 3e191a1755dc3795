import sql from 'sql-template-tag';
import { dateInNorway } from '../../kernel/local-date.ts';
import { mastersChanged } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { Id, type Static, strict, Type } from '../../platform/http/schema.ts';
import { writeOperation } from '../../platform/operation.ts';
import { mastersErrors } from '../errors.ts';
import { readOnly } from '../read-only.ts';
import { findTaxCode } from './tax-code.ts';
import { checkTaxCode, type CheckedTaxCode, type TaxCodeState } from './tax-code-check.ts';
import { serverFields, categoryLike, Description, taxCodeFields, writeRates } from './tax-code-create.ts';

export const TaxCodeChanges = strict({
  client_account_id: Type.Optional(Id),
  standard_code: Type.Optional(Type.String()),
  description_nob: Type.Optional(Description),
  description_eng: Type.Optional(Description),
  ...taxCodeFields,
  ...serverFields,
  ...readOnly('code'),
});
export type TaxCodeChanges = Pick<
  Static<typeof TaxCodeChanges>,
  'standard_code' | 'description_nob' | 'description_eng' | Extract<keyof typeof taxCodeFields, string>
>;

/**
 * Changes the given fields. Posted entries stay valid: the rate of a date on which the code was used, and the standard
 * code of a code in use, cannot change. Errors: masters.rates_in_use, masters.code_in_use.
 */
export const updateTaxCode = writeOperation({
  name: 'tax-code.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { id: number; changes: TaxCodeChanges; language: Language }) {
    const { tx, clientAccountId, now } = context;
    const { changes, language } = input;
    const shown = { date: dateInNorway(now), language };
    // Takes the row lock of the client account, so that no posting uses the code while its rules change.
    await mastersChanged(tx, clientAccountId);
    const before = await findTaxCode(tx, clientAccountId, input.id, shown);
    const pick = <K extends keyof TaxCodeState & keyof TaxCodeChanges>(field: K) =>
      (changes[field] === undefined ? before[field] : changes[field]) as TaxCodeState[K];
    const state: TaxCodeState = {
      standard_code: pick('standard_code'),
      tax_account_code: pick('tax_account_code'),
      acquisition_tax_account_code: pick('acquisition_tax_account_code'),
      deduction_percent: pick('deduction_percent'),
      specification: pick('specification'),
      compensation: pick('compensation'),
      active_from: pick('active_from'),
      active_to: pick('active_to'),
      rates: pick('rates'),
    };
    const checked = await checkTaxCode(tx, clientAccountId, state);
    if (state.standard_code !== before.standard_code) {
      const used = await tx.maybe(sql`
        select 1 from journal_entry_lines where client_account_id = ${clientAccountId} and tax_code = ${before.code} limit 1`);
      if (used) throw mastersErrors.code_in_use({ tax_code: before.code, field: 'standard_code' });
    }
    if (changes.rates !== undefined || changes.active_from !== undefined || changes.active_to !== undefined)
      await refuseOtherHistory(tx, clientAccountId, before.code, state, checked);
    const { standard, deduction, rates } = checked;
    await tx.execute(sql`
      update tax_codes set ${assignments({
        standard_code: standard.code,
        category: categoryLike(clientAccountId, standard.code),
        direction: standard.direction,
        is_reverse_charge: standard.direction === 'reverse',
        is_import_paid: standard.importPaid ?? false,
        reportable: standard.reportable,
        tax_account_code: state.tax_account_code,
        acquisition_tax_account_code: state.acquisition_tax_account_code,
        deduction_percent: deduction,
        specification: state.specification,
        compensation: state.compensation,
        active_from: state.active_from,
        active_to: state.active_to,
        description_nb: changes.description_nob?.trim(),
        description_en: changes.description_eng?.trim(),
        updated_at: now,
      })}
      where client_account_id = ${clientAccountId} and id = ${input.id}`);
    if (changes.rates !== undefined) await writeRates(tx, clientAccountId, before.code, rates);
    const after = await findTaxCode(tx, clientAccountId, input.id, shown);
    context.audit({ recordType: 'tax_code', recordId: input.id, before, after });
    return after;
  },
});

/** The first posted line that would contradict the new rates or validity. */
async function refuseOtherHistory(
  tx: Transaction,
  clientAccountId: number,
  code: string,
  state: TaxCodeState,
  { rates }: CheckedTaxCode,
): Promise<void> {
  const line = await tx.maybe<{ entry_date: string; tax_rate: string }>(sql`
    select l.entry_date, l.tax_rate
    from journal_entry_lines l
    where l.client_account_id = ${clientAccountId} and l.tax_code = ${code} and l.tax_rate is not null
      and (l.entry_date < ${state.active_from} or l.entry_date > coalesce(${state.active_to}::date, 'infinity'::date)
        or not exists (
          select 1
          from unnest(${rates.map((rate) => rate.valid_from)}::date[], ${rates.map((rate) => rate.valid_to)}::date[],
            ${rates.map((rate) => rate.rate)}::numeric[]) as r (valid_from, valid_to, rate)
          where l.entry_date >= r.valid_from and l.entry_date <= coalesce(r.valid_to, 'infinity'::date)
            and r.rate = l.tax_rate))
    order by l.entry_date limit 1`);
  if (line) throw mastersErrors.rates_in_use({ tax_code: code, entry_date: line.entry_date, rate: line.tax_rate });
}
