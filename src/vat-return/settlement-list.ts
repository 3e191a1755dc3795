import sql from 'sql-template-tag';
import { isoSeconds } from '../kernel/clock.ts';
import { clientAccountOf } from '../kernel/ids.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import { READERS } from '../platform/caller.ts';
import { requestErrors } from '../platform/errors.ts';
import { envelope, type Page } from '../platform/http/paging.ts';
import { DateText, Id, nullable, strict, TimeText, Type } from '../platform/http/schema.ts';
import { readOperation } from '../platform/operation.ts';
import { type Settlement, settlements, settlementView } from './settlement.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

interface ListQuestion extends Page {
  /** Terms that end on or after, and begin on or before. */
  from: LocalDate | null;
  to: LocalDate | null;
  newestFirst?: boolean;
}

/** The settlements of a client account, by term, in the order in which they were made. */
export const listSettlements = readOperation({
  name: 'vat-return.settlements',
  access,
  async run({ tx, clientAccountId }, question: ListQuestion) {
    const found = await settlements(tx, clientAccountId, within(question));
    const page = pageOf(found, question).map((one) => settlementView(clientAccountId, one));
    return envelope(page, question, found.length);
  },
});

export const getSettlement = readOperation({
  name: 'vat-return.settlement',
  access,
  async run({ tx, clientAccountId }, { id }: { id: number }) {
    const [found] =
      clientAccountOf(id) === clientAccountId ? await settlements(tx, clientAccountId, sql`s.id = ${id}`) : [];
    if (!found) throw requestErrors.not_found({ what: 'VAT settlement' });
    return settlementView(clientAccountId, found);
  },
});

export const SubmissionView = strict({
  id: Id,
  created_at: TimeText,
  created_by_id: Id,
  client_account_id: Id,
  from_date: DateText,
  to_date: DateText,
  settlement_voucher_id: nullable(Id),
  settlement_journal_entry_id: nullable(Id),
  status: Type.Enum(['PREPARED'], {
    description: 'The return is made and kept; sending through Altinn is not part of this',
  }),
});

/** The return of each settled term, as it was made last. */
export const listSubmissions = readOperation({
  name: 'vat-return.submissions',
  access,
  async run({ tx, clientAccountId }, question: ListQuestion) {
    const latest = new Map<string, Settlement>();
    for (const one of await settlements(tx, clientAccountId, within(question)))
      if (!one.cancelled) latest.set(`${one.from} ${one.to}`, one);
    const found = [...latest.values()];
    if (question.newestFirst) found.reverse();
    const page = pageOf(found, question).map((one) => ({
      id: one.id,
      created_at: isoSeconds(one.createdAt),
      created_by_id: one.createdById,
      client_account_id: clientAccountId,
      from_date: one.from,
      to_date: one.to,
      settlement_voucher_id: one.voucherId,
      settlement_journal_entry_id: one.journalEntryId,
      status: 'PREPARED' as const,
    }));
    return envelope(page, question, found.length);
  },
});

function within({ from, to }: ListQuestion) {
  return sql`s.to_date >= ${from ?? '-infinity'}::date and s.from_date <= ${to ?? 'infinity'}::date`;
}

/** A client account has a handful of terms a year: all are read, a page is given. */
function pageOf<T>(all: readonly T[], { page, perPage }: Page): T[] {
  return all.slice((page - 1) * perPage, page * perPage);
}
