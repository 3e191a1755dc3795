import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { bankLinesSelect } from '../matching/ledger-candidates.ts';

export interface HouseAccount {
  id: number;
  name: string;
  bban: string | null;
  iban: string | null;
  type: string;
  account_code: string;
  currency_code: string;
}

/** A movement that only one side has. Amounts in the account's currency. */
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
 * Bank and ledger on a day. `bank + b − a = ledger`, with what each side lacks: `a` the bank has and the ledger not,
 * `b` the ledger has and the bank not. `unexplained` is what remains, and must be nothing.
 */
export interface Reconciliation {
  account: HouseAccount;
  date: LocalDate;
  /** Null where the bank has said no balance: then only movements are known. */
  bankBalance: Ore | null;
  /** The day of the statement that the balance is counted from. */
  statementDate: LocalDate | null;
  ledgerBalance: Ore;
  /** a: of transactions, what is neither matched nor external. */
  notBooked: Unmatched[];
  notBookedTotal: Ore;
  /** b: lines of the ledger that no transaction is paired with. */
  notInBank: Unmatched[];
  notInBankTotal: Ore;
  /** Reconciled outside these books, as the ledger knows it by its opening. */
  externalTotal: Ore;
  unexplained: Ore | null;
  /** Before the first statement: what the bank began with, and what the ledger had by then. */
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
  const account = await findHouseAccount(tx, clientAccountId, bankAccountId);
  const bank = await bankBalance(tx, clientAccountId, bankAccountId, date);
  // Everything of the account is read; looked up one by one it would never end on books without statistics.
  await tx.execute(sql`set local enable_nestloop = off`);
  // A match counts on a day when both of its sides have come by then; else each side is open there.
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
  const transactions = await tx.rows<{
    id: number;
    date: LocalDate;
    text: string | null;
    amount: number;
    external: number;
    age: number;
  }>(sql`
    with complete as materialized (${complete}), matched as materialized (
      select p.transaction_id, sum(p.amount) as matched from bank_match_transactions p
      join bank_matches k on k.client_account_id = ${clientAccountId} and k.id = p.match_id and k.kind <> 'external'
      join complete d on d.match_id = p.match_id and d.day <= ${date}::date
      where p.client_account_id = ${clientAccountId} and p.is_active group by 1)
    select t.id, t.day as date, t.text, t.amount - t.external - coalesce(m.matched, 0)::bigint as amount, t.external,
      ${date}::date - t.day as age
    from (
      select id, coalesce(booking_date, value_date) as day, amount, external_reconciled_amount as external,
        concat_ws(' ', case when amount >= 0 then payor_name else payee_name end, memo) as text
      from bank_transactions where client_account_id = ${clientAccountId} and bank_account_id = ${bankAccountId}
        and coalesce(booking_date, value_date) <= ${date}::date
    ) t
    left join matched m on m.transaction_id = t.id
    order by t.day, t.id`);
  // A cancelled entry and its counter-entry stand against each other once both are there.
  const lines = await tx.rows<{
    id: number;
    line_no: number;
    date: LocalDate;
    text: string | null;
    amount: number;
    age: number;
    is_open: boolean;
  }>(sql`
    select l.entry_id as id, l.line_no, l.entry_date as date, coalesce(nullif(l.memo, ''), e.memo) as text, l.amount,
      ${date}::date - l.entry_date as age,
      m.match_id is null and c.id is null and (o.id is null or o.entry_date > ${date}::date) as is_open
    from (${bankLinesSelect(clientAccountId)}) l
    join journal_entries e on e.client_account_id = ${clientAccountId} and e.id = l.entry_id
    left join journal_entries c on c.client_account_id = ${clientAccountId} and c.cancels_entry_id = l.entry_id
      and c.entry_date <= ${date}::date
    left join journal_entries o on o.client_account_id = ${clientAccountId} and o.id = e.cancels_entry_id
    left join (
      select b.match_id, b.entry_id, b.line_no from bank_match_lines b
      join (${complete}) d on d.match_id = b.match_id and d.day <= ${date}::date
      where b.client_account_id = ${clientAccountId} and b.is_active
    ) m on m.entry_id = l.entry_id and m.line_no = l.line_no
    where l.bank_account_id = ${bankAccountId} and l.entry_date <= ${date}::date order by l.entry_date, l.entry_id, l.line_no`);
  const notBooked = transactions
    .filter(({ amount }) => amount !== 0)
    .map(({ id, date: day, text, amount, age }): Unmatched => ({
      id,
      line_no: null,
      date: day,
      text,
      amount: ore(amount),
      age,
    }));
  const opening = await openingOf(tx, clientAccountId, bankAccountId, lines);
  const before = new Set(opening?.lines);
  const notInBank = lines
    .filter((line) => line.is_open && line.amount !== 0 && !before.has(line))
    .map(({ id, line_no, date: day, text, amount, age }): Unmatched => ({
      id,
      line_no,
      date: day,
      text,
      amount: ore(amount),
      age,
    }));
  const ledgerBalance = lines.reduce((sum, { amount }) => sum + ore(amount), 0n);
  const externalTotal = transactions.reduce((sum, { external }) => sum + ore(external), 0n);
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
    externalTotal,
    unexplained: bank ? ledgerBalance - (bank.balance + b - a) : null,
    opening: opening && { date: opening.date, bank: opening.bank, ledger: opening.ledger },
  };
}

/**
 * The ledger's side of the balance that the bank began with: lines before the first statement that no transaction is
 * paired with, and one on its first day where only that makes them agree (an opening entry).
 */
async function openingOf<L extends { date: LocalDate; amount: number; is_open: boolean }>(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  lines: readonly L[],
): Promise<{ date: LocalDate; bank: Ore; ledger: Ore; lines: L[] } | null> {
  const [first] = await tx.rows<{ from_date: LocalDate; opening_balance: number }>(sql`
    select from_date, opening_balance from bank_statements
    where client_account_id = ${clientAccountId} and bank_account_id = ${bankAccountId} order by from_date, id limit 1`);
  if (!first) return null;
  const earlier = lines.filter(({ date, is_open }) => is_open && date < first.from_date);
  const sum = earlier.reduce((of, { amount }) => of + amount, 0);
  const entry = lines.find(
    ({ date, is_open, amount }) =>
      is_open && date === first.from_date && amount !== 0 && sum + amount === first.opening_balance,
  );
  const found = sum !== first.opening_balance && entry ? [...earlier, entry] : earlier;
  const ledger = found.reduce((of, { amount }) => of + ore(amount), 0n);
  return { date: first.from_date, bank: ore(first.opening_balance), ledger, lines: found };
}

function total(of: readonly Unmatched[]): Ore {
  return of.reduce((sum, { amount }) => sum + amount, 0n);
}

/** What the bank says: the latest statement until the day, and the transactions after it. An earlier one from a later day counts back. */
async function bankBalance(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  date: LocalDate,
): Promise<{ balance: Ore; date: LocalDate } | null> {
  const moved = async (after: LocalDate, until: LocalDate) => {
    const { sum } = await tx.one<{ sum: string }>(sql`
      select coalesce(sum(amount), 0) as sum from bank_transactions
      where client_account_id = ${clientAccountId} and bank_account_id = ${bankAccountId}
        and coalesce(booking_date, value_date) > ${after}::date and coalesce(booking_date, value_date) <= ${until}::date`);
    return ore(sum);
  };
  const [before] = await tx.rows<{ to_date: LocalDate; closing_balance: number }>(sql`
    select to_date, closing_balance from bank_statements
    where client_account_id = ${clientAccountId} and bank_account_id = ${bankAccountId} and to_date <= ${date}::date
    order by to_date desc, id desc limit 1`);
  if (before)
    return { balance: ore(before.closing_balance) + (await moved(before.to_date, date)), date: before.to_date };
  const [after] = await tx.rows<{ from_date: LocalDate; to_date: LocalDate; closing_balance: number }>(sql`
    select from_date, to_date, closing_balance from bank_statements
    where client_account_id = ${clientAccountId} and bank_account_id = ${bankAccountId} and to_date > ${date}::date
    order by to_date, id limit 1`);
  if (after) return { balance: ore(after.closing_balance) - (await moved(date, after.to_date)), date: after.to_date };
  return null;
}
