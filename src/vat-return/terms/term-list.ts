import sql from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { localDate } from '../../kernel/local-date.ts';
import { settlements } from '../settlements/settlement.ts';
import { dueDate, termOf, termsOf, type VatFrequency } from './term.ts';

const Day = Type.String({ format: 'date' });

export const TermsView = strict({
  frequency: Type.Enum(['MONTHLY', 'BIMONTHLY', 'YEARLY'], {
    description:
      'The setting vat_return_frequency in force at the end of the year; every two months where it is not set',
  }),
  terms: Type.Array(strict({ from_date: Day, to_date: Day, due_date: Day, settlement_id: nullable(Id) })),
});
export type TermsView = Static<typeof TermsView>;

/** The terms for which the client account submits returns. */
export const listTerms = readOperation({
  name: 'vat-return.terms',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { year }: { year: number }): Promise<TermsView> {
    const [first, last] = [localDate(year, 1, 1), localDate(year, 12, 31)];
    const setting = await tx.maybe<{ frequency: VatFrequency | null }>(sql`
      select vat_return_frequency as frequency from client_account_settings
      where client_account_id = ${clientAccountId} and active_from <= ${last} order by active_from desc limit 1`);
    const frequency = setting?.frequency ?? 'BIMONTHLY';
    const settled = await settlements(tx, clientAccountId, sql`s.from_date >= ${first} and s.to_date <= ${last}`);
    return {
      frequency,
      terms: termsOf(year, frequency).map((term) => ({
        from_date: term.from,
        to_date: term.to,
        due_date: dueDate(termOf(term)!),
        settlement_id:
          settled.findLast((one) => one.from === term.from && one.to === term.to && !one.cancelled)?.id ?? null,
      })),
    };
  },
});
