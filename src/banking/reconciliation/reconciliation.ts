import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import { daysBetween, type LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { bankLinesSelect } from '../matching/proposals/ledger-candidates.ts';

export interface HouseAccount {
  id: number;
  name: string;
  bban: string | null;
  iban: string | null;
  type: string;
  account_code: string;
  currency_code: string;
}

/** A movement on one side only. Amounts in the account's currency. */
export interface Unmatched {
  id: number;
  /** Of a ledger line. */
  line_no: number | null;
  date: LocalDate;
  text: string | null;
  amount: Ore;
  /** Days until the day of the reconciliation. */
  age: number;
}

/**
 * Bank and ledger on a day. `bank + b − a = ledger`, with the items missing on each side: `a` is in the bank and not in the
 * ledger, `b` is in the ledger and not in the bank. `unexplained` is the remainder, and must be zero.
 */
export interface Reconciliation {
  account: HouseAccount;
  date: LocalDate;
  /** Null if the bank has given no balance: then only movements are known. */
  bankBalance: Ore | null;
  /** The day of the statement from which the balance is computed. */
  statementDate: LocalDate | null;
  ledgerBalance: Ore;
  /** a: amounts of transactions that are neither matched nor external. */
  notBooked: Unmatched[];
  notBookedTotal: Ore;
  /** b: lines of the ledger without a paired transaction. */
  notInBank: Unmatched[];
  notInBankTotal: Ore;
  /** Reconciled outside these books, and contained in the ledger's opening balance. */
  externalTotal: Ore;
  unexplained: Ore | null;
  /** Before the first statement: the bank's opening balance, and the ledger's balance at that time. */
  opening: { date: LocalDate; bank: Ore; ledger: Ore } | null;
}

export async function findHouseAccount(tx: Transaction, clientAccountId: number, id: number): Promise<HouseAccount> {
  const account = await tx.maybe<HouseAccount>(sql`
    select id, name, bban, iban, type, account_code, currency_code from bank_accounts
    where client_account_id = ${clientAccountId} and id = ${id} and business_partner_id is null`);
  if (!account) throw requestErrors.not_found({ what: 'Bank account' });
  return account;
}

export async function readReconciliation(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  date: LocalDate,
): Promise<Reconciliation> {
  const [found] = await readReconciliations(tx, clientAccountId, [{ bankAccountId, date }]);
  return found!;
}

export interface ReconciliationDay {
  bankAccountId: number;
  date: LocalDate;
}

/** Several accounts together, in the given order: their movements until the last of the days are read once. */
export async function readReconciliations(
  tx: Transaction,
  clientAccountId: number,
  days: readonly ReconciliationDay[],
): Promise<Reconciliation[]> {
  if (days.length === 0) return [];
  const accounts = new Map<number, HouseAccount>();
  for (const id of new Set(days.map(({ bankAccountId }) => bankAccountId)))
    accounts.set(id, await findHouseAccount(tx, clientAccountId, id));
  const balances = await bankBalances(tx, clientAccountId, days);
  const firsts = await firstStatements(tx, clientAccountId, [...accounts.keys()]);
  // Everything of the accounts is read; nested loops would never end on books without statistics.
  await tx.execute(sql`set local enable_nestloop = off`);
  const until = days.reduce((latest, { date }) => (date > latest ? date : latest), days[0]!.date);
  const movements = await readMovements(tx, clientAccountId, [...accounts.keys()], until);
  return days.map(({ bankAccountId, date }, i) =>
    reconcile({
      account: accounts.get(bankAccountId)!,
      date,
      bank: balances[i]!,
      first: firsts.get(bankAccountId),
      transactions: movements.transactions.get(bankAccountId) ?? [],
      lines: movements.lines.get(bankAccountId) ?? [],
    }),
  );
}

interface BankMovement {
  id: number;
  bank_account_id: number;
  date: LocalDate;
  text: string | null;
  amount: number;
  external: number;
  /** The matched amounts, and the day from which each counts. */
  matched: { day: LocalDate; amount: number }[];
}

interface LedgerMovement {
  id: number;
  line_no: number;
  bank_account_id: number;
  date: LocalDate;
  text: string | null;
  amount: number;
  /** Day from which it is paired, or offset by its counter-entry. */
  closed_on: LocalDate | null;
}

async function readMovements(
  tx: Transaction,
  clientAccountId: number,
  accounts: readonly number[],
  until: LocalDate,
): Promise<{ transactions: Map<number, BankMovement[]>; lines: Map<number, LedgerMovement[]> }> {
  const of = sql`any (${numberArray(accounts)}::bigint[])`;
  // A match counts from the day on which both of its sides exist; before, each side is open.
  const complete = sql`
    select match_id, max(day) as day from (
      select p.match_id, coalesce(t.booking_date, t.value_date) as day from bank_match_transactions p
      join bank_transactions t on t.client_account_id = ${clientAccountId} and t.id = p.transaction_id
      where p.client_account_id = ${clientAccountId} and p.is_active
      union all
      select l.match_id, e.entry_date from bank_match_lines l
      join journal_entries e on e.client_account_id = ${clientAccountId} and e.id = l.entry_id
      where l.client_account_id = ${clientAccountId} and l.is_active
    ) sides group by 1`;
  const transactions = await tx.rows<Omit<BankMovement, 'matched'>>(sql`
    select id, bank_account_id, coalesce(booking_date, value_date) as date, amount, external_reconciled_amount as external,
      concat_ws(' ', case when amount >= 0 then payor_name else payee_name end, memo) as text
    from bank_transactions where client_account_id = ${clientAccountId} and bank_account_id = ${of}
      and coalesce(booking_date, value_date) <= ${until}::date
    order by date, id`);
  const matched = await tx.rows<{ id: number; day: LocalDate; amount: number }>(sql`
    select p.transaction_id as id, d.day, p.amount from bank_match_transactions p
    join bank_transactions t on t.client_account_id = ${clientAccountId} and t.id = p.transaction_id and t.bank_account_id = ${of}
    join bank_matches k on k.client_account_id = ${clientAccountId} and k.id = p.match_id and k.kind <> 'external'
    join (${complete}) d on d.match_id = p.match_id and d.day <= ${until}::date
    where p.client_account_id = ${clientAccountId} and p.is_active`);
  const matchedOf = groupBy(matched, ({ id }) => id);
  // A cancelled entry and its counter-entry offset each other once both exist.
  const lines = await tx.rows<LedgerMovement>(sql`
    select l.entry_id as id, l.line_no, l.bank_account_id, l.entry_date as date, coalesce(nullif(l.memo, ''), e.memo) as text,
      l.amount, least(d.day, c.entry_date, o.entry_date) as closed_on
    from (${bankLinesSelect(clientAccountId)}) l
    join journal_entries e on e.client_account_id = ${clientAccountId} and e.id = l.entry_id
    left join journal_entries c on c.client_account_id = ${clientAccountId} and c.cancels_entry_id = l.entry_id
    left join journal_entries o on o.client_account_id = ${clientAccountId} and o.id = e.cancels_entry_id
    left join bank_match_lines b on b.client_account_id = ${clientAccountId} and b.is_active and b.entry_id = l.entry_id
      and b.line_no = l.line_no
    left join (${complete}) d on d.match_id = b.match_id
    where l.bank_account_id = ${of} and l.entry_date <= ${until}::date order by l.entry_date, l.entry_id, l.line_no`);
  return {
    transactions: groupBy(
      transactions.map((each) => ({ ...each, matched: matchedOf.get(each.id) ?? [] })),
      ({ bank_account_id }) => bank_account_id,
    ),
    lines: groupBy(lines, ({ bank_account_id }) => bank_account_id),
  };
}

interface Sides {
  account: HouseAccount;
  date: LocalDate;
  bank: BankBalance | null;
  first: FirstStatement | undefined;
  /** Ascending, including those after the day. */
  transactions: readonly BankMovement[];
  lines: readonly LedgerMovement[];
}

function reconcile({ account, date, bank, first, transactions, lines }: Sides): Reconciliation {
  const came = transactions.filter((each) => each.date <= date);
  const posted = lines.filter((each) => each.date <= date);
  const notBooked = came
    .map((each) => {
      const matched = each.matched.reduce((sum, { day, amount }) => (day <= date ? sum + amount : sum), 0);
      return { ...each, line_no: null, amount: each.amount - each.external - matched };
    })
    .filter(({ amount }) => amount !== 0)
    .map((each) => unmatched(each, date));
  const open = posted.filter(({ closed_on }) => closed_on === null || closed_on > date);
  const opening = openingOf(first, open);
  const before = new Set(opening?.lines);
  const notInBank = open.filter((line) => line.amount !== 0 && !before.has(line)).map((each) => unmatched(each, date));
  const ledgerBalance = posted.reduce((sum, { amount }) => sum + ore(amount), 0n);
  const a = total(notBooked);
  const b = total(notInBank);
  return {
    account,
    date,
    bankBalance: bank?.balance ?? null,
    statementDate: bank?.date ?? null,
    ledgerBalance,
    notBooked,
    notBookedTotal: a,
    notInBank,
    notInBankTotal: b,
    externalTotal: came.reduce((sum, { external }) => sum + ore(external), 0n),
    unexplained: bank ? ledgerBalance - (bank.balance + b - a) : null,
    opening: opening && { date: opening.date, bank: opening.bank, ledger: opening.ledger },
  };
}

function unmatched(
  { id, line_no, date, text, amount }: Omit<LedgerMovement, 'closed_on' | 'line_no'> & { line_no: number | null },
  on: LocalDate,
): Unmatched {
  return { id, line_no, date, text, amount: ore(amount), age: daysBetween(date, on) };
}

interface FirstStatement {
  from_date: LocalDate;
  opening_balance: number;
}

async function firstStatements(
  tx: Transaction,
  clientAccountId: number,
  accounts: readonly number[],
): Promise<Map<number, FirstStatement>> {
  const rows = await tx.rows<FirstStatement & { bank_account_id: number }>(sql`
    select distinct on (bank_account_id) bank_account_id, from_date, opening_balance from bank_statements
    where client_account_id = ${clientAccountId} and bank_account_id = any (${numberArray(accounts)}::bigint[])
    order by bank_account_id, from_date, id`);
  return new Map(rows.map((each) => [each.bank_account_id, each]));
}

/**
 * The ledger's counterpart of the bank's opening balance: lines before the first statement without a paired transaction, and
 * one on its first day if only that makes them agree (an opening entry).
 */
function openingOf(
  first: FirstStatement | undefined,
  open: readonly LedgerMovement[],
): { date: LocalDate; bank: Ore; ledger: Ore; lines: LedgerMovement[] } | null {
  if (!first) return null;
  const earlier = open.filter(({ date }) => date < first.from_date);
  const sum = earlier.reduce((of, { amount }) => of + amount, 0);
  const entry = open.find(
    ({ date, amount }) => date === first.from_date && amount !== 0 && sum + amount === first.opening_balance,
  );
  const found = sum !== first.opening_balance && entry ? [...earlier, entry] : earlier;
  const ledger = found.reduce((of, { amount }) => of + ore(amount), 0n);
  return { date: first.from_date, bank: ore(first.opening_balance), ledger, lines: found };
}

function total(of: readonly Unmatched[]): Ore {
  return of.reduce((sum, { amount }) => sum + amount, 0n);
}

interface BankBalance {
  balance: Ore;
  /** The last day of the statement from which it is computed. */
  date: LocalDate;
}

/**
 * The bank's balance on each of the days: the latest statement until the day, plus the transactions after it. Before the
 * first statement it is computed backwards from a later one.
 */
async function bankBalances(
  tx: Transaction,
  clientAccountId: number,
  days: readonly ReconciliationDay[],
): Promise<(BankBalance | null)[]> {
  const rows = await tx.rows<{ to_date: LocalDate | null; closing_balance: number | null; moved: string }>(sql`
    select s.to_date, s.closing_balance, m.moved
    from unnest(${numberArray(days.map(({ bankAccountId }) => bankAccountId))}::bigint[],
      ${textArray(days.map(({ date }) => date))}::date[]) with ordinality as k (bank_account_id, day, n)
    left join lateral (
      select to_date, closing_balance from bank_statements
      where client_account_id = ${clientAccountId} and bank_account_id = k.bank_account_id
      order by to_date > k.day, case when to_date > k.day then to_date - k.day else k.day - to_date end,
        case when to_date > k.day then id else -id end
      limit 1) s on true
    cross join lateral (
      select coalesce(sum(case when s.to_date > k.day then -amount else amount end), 0) as moved from bank_transactions
      where client_account_id = ${clientAccountId} and bank_account_id = k.bank_account_id
        and coalesce(booking_date, value_date) > least(s.to_date, k.day)
        and coalesce(booking_date, value_date) <= greatest(s.to_date, k.day)) m
    order by k.n`);
  return rows.map(({ to_date, closing_balance, moved }) =>
    to_date === null ? null : { balance: ore(closing_balance) + ore(moved), date: to_date },
  );
}
