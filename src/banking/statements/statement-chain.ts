import sql from 'sql-template-tag';
import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import { ore, type Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';

/** A statement as a link of the chain of balances of its account. */
export interface ChainLink {
  from: LocalDate;
  to: LocalDate;
  opening: Ore;
  closing: Ore;
}

export interface StoredLink extends ChainLink {
  id: number;
  statementId: string | null;
}

/** A mismatch at one end of a statement: the neighbour, and the days in between without a statement. */
export interface ChainBreak {
  side: 'before' | 'after';
  neighbour: StoredLink;
  /** The neighbour's balance at the end that should match. */
  expected: Ore;
  /** Null: the two are adjacent, and their balances differ. */
  missing: { from: LocalDate; to: LocalDate } | null;
}

/** Days without a statement at the beginning of a chain, which must be unbroken from its start day on. */
export interface MissingStart {
  from: LocalDate;
  to: LocalDate;
}

/**
 * Mismatches of the statement with the stored ones before and after it. Statements that share days with it are no
 * neighbours, unless they end or begin at its edge with matching balances. Nothing is required before `startsOn`.
 */
export function chainBreaks(link: ChainLink, stored: readonly StoredLink[], startsOn: LocalDate | null): ChainBreak[] {
  const found: ChainBreak[] = [];
  const inForce = stored.filter(({ to }) => startsOn === null || to >= startsOn);
  const before = last(inForce.filter(({ to }) => to < link.from));
  const meetsBefore = inForce.some(
    ({ from, to, closing, opening }) =>
      (to <= link.from && closing === link.opening && (to === link.from || to === before?.to)) ||
      (from <= link.from && to >= link.from && (from === link.from ? opening === link.opening : true)),
  );
  if (before && !meetsBefore)
    found.push({ side: 'before', neighbour: before, expected: before.closing, missing: between(before.to, link.from) });
  const after = first(inForce.filter(({ from }) => from > link.to));
  const meetsAfter = inForce.some(
    ({ from, to, opening, closing }) =>
      (from >= link.to && opening === link.closing && (from === link.to || from === after?.from)) ||
      (from <= link.to && to >= link.to && (to === link.to ? closing === link.closing : true)),
  );
  if (after && !meetsAfter)
    found.push({ side: 'after', neighbour: after, expected: after.opening, missing: between(link.to, after.from) });
  return found;
}

/** The days from `startsOn` to the first statement, where this is the first. */
export function missingStart(
  link: ChainLink,
  stored: readonly StoredLink[],
  startsOn: LocalDate | null,
): MissingStart | null {
  if (startsOn === null || link.from <= startsOn || stored.some(({ to }) => to >= startsOn && to < link.from))
    return null;
  return { from: startsOn, to: addDays(link.from, -1) };
}

/** Statements that cover a day of this one, other than by meeting at an edge. */
export function overlapping(link: ChainLink, stored: readonly StoredLink[]): StoredLink[] {
  return stored.filter(
    ({ from, to, opening, closing }) =>
      from <= link.to &&
      to >= link.from &&
      !(to === link.from && closing === link.opening) &&
      !(from === link.to && opening === link.closing),
  );
}

/** The statements of an account around these days. */
export async function storedLinks(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  { from, to }: { from: LocalDate; to: LocalDate },
): Promise<StoredLink[]> {
  const rows = await tx.prepared<{
    id: number;
    statement_id: string | null;
    from_date: LocalDate;
    to_date: LocalDate;
    opening_balance: number;
    closing_balance: number;
  }>(
    'bank-stored-links',
    sql`
    with near as (
      select coalesce((select max(to_date) from bank_statements where client_account_id = ${clientAccountId}
          and bank_account_id = ${bankAccountId} and to_date < ${from}), ${from}) as earliest,
        coalesce((select min(from_date) from bank_statements where client_account_id = ${clientAccountId}
          and bank_account_id = ${bankAccountId} and from_date > ${to}), ${to}) as latest
    )
    select s.id, s.statement_id, s.from_date, s.to_date, s.opening_balance, s.closing_balance
    from bank_statements s, near
    where s.client_account_id = ${clientAccountId} and s.bank_account_id = ${bankAccountId}
      and s.to_date >= near.earliest and s.from_date <= near.latest
    order by s.to_date, s.id`,
  );
  return rows.map((row) => ({
    id: row.id,
    statementId: row.statement_id,
    from: row.from_date,
    to: row.to_date,
    opening: ore(row.opening_balance),
    closing: ore(row.closing_balance),
  }));
}

function between(end: LocalDate, begin: LocalDate): { from: LocalDate; to: LocalDate } | null {
  const [from, to] = [addDays(end, 1), addDays(begin, -1)];
  return from <= to ? { from, to } : null;
}

function last(links: readonly StoredLink[]): StoredLink | undefined {
  return links.toSorted((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : a.id - b.id)).at(-1);
}

function first(links: readonly StoredLink[]): StoredLink | undefined {
  return links.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.id - b.id))[0];
}
