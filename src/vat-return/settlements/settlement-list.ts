import sql from 'sql-template-tag';
import { clientAccountOf } from '../../kernel/ids.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { settlements, settlementView } from './settlement.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

interface ListQuestion extends Page {
  /** Terms that end on or after, and begin on or before. */
  from: LocalDate | null;
  to: LocalDate | null;
}

/** The settlements of a client account, by term, in order of creation. */
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

function within({ from, to }: ListQuestion) {
  return sql`s.to_date >= ${from ?? '-infinity'}::date and s.from_date <= ${to ?? 'infinity'}::date`;
}

/** A client account has a handful of terms a year, so all are read and one page is returned. */
function pageOf<T>(all: readonly T[], { page, perPage }: Page): T[] {
  return all.slice((page - 1) * perPage, page * perPage);
}
