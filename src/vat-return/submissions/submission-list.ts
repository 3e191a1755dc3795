import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { clientAccountOf } from '../../kernel/ids.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type Language, requestErrors } from '../../platform/errors.ts';
import { envelope, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { type Settlement, settlements } from '../settlements/settlement.ts';
import { type Submission, submissions, type SubmissionView, submissionView } from './submission.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

interface ListQuestion extends Page {
  /** Terms that end on or after, and begin on or before. */
  from: LocalDate | null;
  to: LocalDate | null;
  newestFirst: boolean;
  language: Language;
}

/** Submissions by term and version; for a settled term whose last settlement was not sent, a prepared one. */
export const listSubmissions = readOperation({
  name: 'vat-return.submissions',
  access,
  async run({ tx, clientAccountId }, question: ListQuestion) {
    const { from, to, page, perPage, newestFirst, language } = question;
    const within = sql`s.to_date >= ${from ?? '-infinity'}::date and s.from_date <= ${to ?? 'infinity'}::date`;
    const sent = await submissions(tx, clientAccountId, within);
    const prepared = preparedOf(await settlements(tx, clientAccountId, within), sent);
    const all = [
      ...sent.map((one) => submissionView(clientAccountId, one, language)),
      ...prepared.map((one) => preparedView(clientAccountId, one)),
    ].toSorted((a, b) => compare(a.from_date, b.from_date) || compare(a.to_date, b.to_date) || a.id - b.id);
    if (newestFirst) all.reverse();
    // A client account has a handful of terms a year, so all are read and one page is returned.
    return envelope(all.slice((page - 1) * perPage, page * perPage), question, all.length);
  },
});

export const getSubmission = readOperation({
  name: 'vat-return.submission',
  access,
  run: ({ tx, clientAccountId }, { id, language }: { id: number; language: Language }) =>
    findSubmission(tx, clientAccountId, id, language),
});

/** A submission by its id, a prepared one by that of its settlement. Throws 404. */
export async function findSubmission(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  language: Language,
): Promise<SubmissionView> {
  if (clientAccountOf(id) === clientAccountId) {
    const [sent] = await submissions(tx, clientAccountId, sql`s.id = ${id}`);
    if (sent) return submissionView(clientAccountId, sent, language);
    const [settled] = await settlements(tx, clientAccountId, sql`s.id = ${id}`);
    if (settled) {
      const term = sql`s.from_date = ${settled.from} and s.to_date = ${settled.to}`;
      const ofTerm = await submissions(tx, clientAccountId, term);
      const [prepared] = preparedOf(await settlements(tx, clientAccountId, term), ofTerm);
      if (prepared?.id === id) return preparedView(clientAccountId, prepared);
    }
  }
  throw requestErrors.not_found({ what: 'VAT submission' });
}

/** The last valid settlement of each term, if it was not sent. */
export function preparedOf(settled: readonly Settlement[], sent: readonly Submission[]): Settlement[] {
  const latest = new Map<string, Settlement>();
  for (const one of settled) if (!one.cancelled) latest.set(`${one.from} ${one.to}`, one);
  const known = new Set(sent.map(({ settlementId }) => settlementId));
  return [...latest.values()].filter(({ id }) => !known.has(id));
}

function preparedView(clientAccountId: number, one: Settlement): SubmissionView {
  return {
    id: one.id,
    created_at: isoSeconds(one.createdAt),
    created_by_id: one.createdById,
    client_account_id: clientAccountId,
    from_date: one.from,
    to_date: one.to,
    settlement_voucher_id: one.voucherId,
    settlement_journal_entry_id: one.journalEntryId,
    status: 'PREPARED',
    version: null,
    is_correction: false,
    vat_payable: formatAmount(one.payable * 100n),
    waiting_for: null,
    problem: null,
    next_attempt_at: null,
    deviations: [],
    answer: null,
    altinn_instance_id: null,
    sent_at: null,
    answered_at: null,
    receipt_voucher_id: null,
    payment_information_voucher_id: null,
    validation_voucher_id: null,
    payment: null,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
