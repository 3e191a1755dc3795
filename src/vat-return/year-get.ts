import sql from 'sql-template-tag';
import { type LocalDate, localDate } from '../kernel/local-date.ts';
import { READERS } from '../platform/caller.ts';
import type { Language } from '../platform/errors.ts';
import { readOperation } from '../platform/operation.ts';
import { type Settlement, settlements } from './settlements/settlement.ts';
import { preparedOf } from './submissions/submission-list.ts';
import { submissions, type SubmissionView, submissionView } from './submissions/submission.ts';
import { dueDate, termOf, termsOf, termText, type VatFrequency } from './terms/term.ts';

/** A term as shown on its page. */
export interface TermState {
  from: LocalDate;
  to: LocalDate;
  name: string;
  dueDate: LocalDate;
  /** The last valid one; null if there is none. */
  settlement: Settlement | null;
  /** That settlement was not sent, or nothing is settled and nothing was sent. */
  isUnsent: boolean;
  /** Newest first. */
  submissions: SubmissionView[];
}

export interface VatYear {
  clientAccountName: string;
  year: number;
  terms: TermState[];
}

/** The terms of a year with their settlements and submissions. */
export const getVatYear = readOperation({
  name: 'vat-return.year',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { year, language }: { year: number; language: Language }): Promise<VatYear> {
    const [first, last] = [localDate(year, 1, 1), localDate(year, 12, 31)];
    const { name, frequency } = await tx.one<{ name: string; frequency: VatFrequency | null }>(sql`
      select a.display_name as name, (
        select s.vat_return_frequency from client_account_settings s
        where s.client_account_id = a.id and s.active_from <= ${last} order by s.active_from desc limit 1) as frequency
      from client_accounts a where a.id = ${clientAccountId}`);
    const within = sql`s.from_date >= ${first} and s.to_date <= ${last}`;
    const settled = await settlements(tx, clientAccountId, within);
    const sent = await submissions(tx, clientAccountId, within);
    const unsent = new Set(preparedOf(settled, sent).map(({ id }) => id));
    return {
      clientAccountName: name,
      year,
      terms: termsOf(year, frequency ?? 'BIMONTHLY').map(({ from, to }) => {
        const isIts = (one: { from: LocalDate; to: LocalDate }) => one.from === from && one.to === to;
        const settlement = settled.findLast((one) => isIts(one) && !one.cancelled) ?? null;
        const own = sent.filter(isIts).toReversed();
        return {
          from,
          to,
          name: termText(termOf({ from, to })!, language),
          dueDate: dueDate(termOf({ from, to })!),
          settlement,
          isUnsent: settlement ? unsent.has(settlement.id) : own.length === 0,
          submissions: own.map((one) => submissionView(clientAccountId, one, language)),
        };
      }),
    };
  },
});
