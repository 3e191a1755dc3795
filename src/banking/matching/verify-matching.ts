import sql from 'sql-template-tag';
import { formatAmount, MAX_TURNOVER, ore } from '../../kernel/money.ts';
import type { Finding } from '../../ledger/index.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { subsidiaryAccounts } from './items/open-items.ts';

type Check = (tx: Transaction, clientAccountId: number) => Promise<string[]>;

const LARGEST_LIST = 1_000;

/** Proofs of `verify` for banking, from matches, settlements and the lines of the ledger. */
const MATCHING_CHECKS: readonly [name: string, check: Check][] = [
  ['settlements', settlementsHold],
  ['bank matches', transactionsAreCovered],
  ['entries of matches', matchesHaveTheirEntries],
  ['payment status', documentsFollowFromLines],
  ['bank turnover', turnoverFollowsFromTransactions],
  ['sales numbers', salesNumbersAreGapless],
];

export const MATCHING_CHECK_NAMES: readonly string[] = MATCHING_CHECKS.map(([name]) => name);

/** Recomputes the state of documents, settlements and bank matches of a client account, in one consistent snapshot. */
export function verifyMatching(database: Database, clientAccountId: number): Promise<Finding[]> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
    await tx.execute(sql`set local enable_nestloop = off`);
    const findings: Finding[] = [];
    for (const [name, check] of MATCHING_CHECKS)
      for (const message of await check(tx, clientAccountId)) findings.push({ clientAccountId, check: name, message });
    return findings;
  });
}

/** Every series of sales documents contains each number from its first to its last once (bokføringsforskriften § 5-1-1). */
async function salesNumbersAreGapless(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ document_type: string; number: number; last: number | null; documents: number }>(sql`
    with numbered as (
      select d.document_type, d.document_number::bigint as number, count(*) as documents
      from invoice_series s join documents d on d.client_account_id = ${id} and d.document_type = s.document_type
        and d.document_number ~ '^[1-9][0-9]{0,11}$' and d.document_status <> 'DRAFT'
        and d.document_number::bigint between s.first_number and s.last_number
      where s.client_account_id = ${id} group by 1, 2
    ), points as (
      select document_type, number, documents from numbered
      union all
      select document_type, last_number + 1, 1 from invoice_series where client_account_id = ${id}
      union all
      select document_type, first_number - 1, 1 from invoice_series where client_account_id = ${id}
    )
    select document_type, number + 1 as number, next - 1 as last, 0 as documents from (
      select document_type, number, lead(number) over (partition by document_type order by number) as next from points) p
    where next > number + 1
    union all
    select document_type, number, null, documents from numbered where documents > 1
    order by 1, 2 limit ${LARGEST_LIST}`);
  return rows.map(({ document_type, number, last, documents }) =>
    last === null
      ? `${document_type} number ${number}: ${documents} documents have it`
      : `${document_type} numbers ${number} to ${last}: there is no document`,
  );
}

const kr = (amount: number | string | null) => formatAmount(ore(amount));

/** The counter behind the limit of a bank account. Accounts from before the limit count as full. */
async function turnoverFollowsFromTransactions(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ bank_account_id: number; kept: number | null; sum: string | null }>(sql`
    select bank_account_id, t.turnover as kept, n.sum
    from (select bank_account_id, turnover from bank_account_turnovers where client_account_id = ${id}) t
    full join (
      select bank_account_id, least(sum(abs(amount)), ${MAX_TURNOVER}) as sum
      from bank_transactions where client_account_id = ${id} group by 1) n using (bank_account_id)
    where coalesce(t.turnover, 0) <> coalesce(n.sum, 0) order by 1 limit ${LARGEST_LIST}`);
  return rows.map(
    ({ bank_account_id, kept, sum }) =>
      `bank account ${bank_account_id}: ${kr(kept)} is kept, its transactions come to ${kr(sum)}`,
  );
}

/** Never more than the line, with its sign, on a subsidiary ledger; each group adds up to zero. */
async function settlementsHold(tx: Transaction, id: number): Promise<string[]> {
  const lines = await tx.rows<{
    entry_id: number;
    line_no: number;
    amount: number | null;
    settled: string;
    has_account: boolean;
  }>(sql`
    select s.entry_id, s.line_no, l.debit - l.credit as amount, s.settled, a.account_code is not null as has_account
    from (
      select entry_id, line_no, sum(amount) as settled, min(sign(amount)) as lowest, max(sign(amount)) as highest
      from item_settlements where client_account_id = ${id} and is_active group by 1, 2) s
    left join journal_entry_lines l on l.client_account_id = ${id} and l.entry_id = s.entry_id and l.line_no = s.line_no
    left join (${subsidiaryAccounts(id)}) a on a.account_code = l.account_code
    where l.entry_id is null or a.account_code is null or s.lowest <> s.highest
      or sign(s.settled) <> sign(l.debit - l.credit) or abs(s.settled) > abs(l.debit - l.credit)
    order by 1, 2 limit ${LARGEST_LIST}`);
  const groups = await tx.rows<{ group_id: number; sum: string }>(sql`
    select group_id, sum(amount) as sum from item_settlements where client_account_id = ${id} and is_active
    group by 1 having sum(amount) <> 0 or count(distinct is_active) > 1 order by 1 limit ${LARGEST_LIST}`);
  const cancelled = await tx.rows<{ entry_id: number; line_no: number }>(sql`
    select distinct s.entry_id, s.line_no from item_settlements s
    join journal_entries e on e.client_account_id = ${id} and e.id = s.entry_id
    left join journal_entries c on c.client_account_id = ${id} and c.cancels_entry_id = s.entry_id
    where s.client_account_id = ${id} and s.is_active and (c.id is not null or e.cancels_entry_id is not null)
    order by 1, 2 limit ${LARGEST_LIST}`);
  return [
    ...lines.map((row) =>
      row.amount === null || !row.has_account
        ? `entry ${row.entry_id} line ${row.line_no}: settled, but no line of a subsidiary ledger`
        : `entry ${row.entry_id} line ${row.line_no}: ${kr(row.settled)} settled of ${kr(row.amount)}`,
    ),
    ...groups.map((row) => `settlement ${row.group_id}: its parts add up to ${kr(row.sum)}`),
    ...cancelled.map((row) => `entry ${row.entry_id} line ${row.line_no}: settled, but the entry is cancelled`),
  ];
}

/** The covered amount of a transaction is the sum of the parts of its active matches; likewise for each of its payments. */
async function transactionsAreCovered(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{
    id: number;
    matched_amount: number;
    external: number;
    matched: string;
    outside: string;
  }>(sql`
    select t.id, t.matched_amount, t.external_reconciled_amount as external, coalesce(p.matched, 0) as matched, coalesce(p.outside, 0) as outside
    from bank_transactions t
    left join (
      select p.transaction_id, sum(p.amount) filter (where m.kind <> 'external') as matched,
        sum(p.amount) filter (where m.kind = 'external') as outside
      from bank_match_transactions p join bank_matches m on m.client_account_id = ${id} and m.id = p.match_id
      where p.client_account_id = ${id} and p.is_active group by 1) p on p.transaction_id = t.id
    where t.client_account_id = ${id}
      and (t.matched_amount <> coalesce(p.matched, 0) or abs(t.external_reconciled_amount) < abs(coalesce(p.outside, 0)))
    order by 1 limit ${LARGEST_LIST}`);
  const details = await tx.rows<{ id: number; amount: number; matched: string }>(sql`
    select d.id, coalesce(d.amount, t.amount) as amount, p.matched
    from (
      select detail_id, sum(amount) as matched from bank_match_transactions
      where client_account_id = ${id} and is_active and detail_id is not null group by 1) p
    join bank_transaction_details d on d.client_account_id = ${id} and d.id = p.detail_id
    join bank_transactions t on t.client_account_id = ${id} and t.id = d.transaction_id
    where abs(p.matched) > abs(coalesce(d.amount, t.amount)) order by 1 limit ${LARGEST_LIST}`);
  return [
    ...rows.map(
      (row) =>
        `transaction ${row.id}: ${kr(row.matched_amount)} matched and ${kr(row.external)} external, its matches give ${kr(row.matched)} and ${kr(row.outside)}`,
    ),
    ...details.map((row) => `detail ${row.id}: ${kr(row.matched)} matched of ${kr(row.amount)}`),
  ];
}

/** An active match has its entries, uncancelled, and its bank lines equal its transactions. */
async function matchesHaveTheirEntries(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ id: number; lines: string; parts: string }>(sql`
    select m.id, coalesce(l.amount, 0) as lines, coalesce(p.amount, 0) as parts
    from bank_matches m
    left join (select match_id, sum(amount) as amount from bank_match_lines
      where client_account_id = ${id} and is_active group by 1) l on l.match_id = m.id
    left join (select match_id, sum(amount) as amount from bank_match_transactions
      where client_account_id = ${id} and is_active group by 1) p on p.match_id = m.id
    where m.client_account_id = ${id} and (
      (m.undone_at is null and m.kind <> 'external' and (l.match_id is null or p.match_id is null or l.amount <> p.amount))
      or (m.undone_at is not null and (l.match_id is not null or p.match_id is not null)))
    order by 1 limit ${LARGEST_LIST}`);
  const entries = await tx.rows<{ match_id: number; entry_id: number; has_entry: boolean }>(sql`
    select m.id as match_id, b.entry_id, e.id is not null as has_entry
    from bank_matches m
    left join bank_match_entries b on b.client_account_id = ${id} and b.match_id = m.id
    left join journal_entries e on e.client_account_id = ${id} and e.id = b.entry_id and e.relation_type = 'bank_transaction'
    left join journal_entries c on c.client_account_id = ${id} and c.cancels_entry_id = b.entry_id
    where m.client_account_id = ${id} and m.kind = 'posted'
      and (e.id is null or (m.undone_at is null) <> (c.id is null) or c.id is distinct from b.undo_entry_id)
    order by 1, 2 limit ${LARGEST_LIST}`);
  const lines = await tx.rows<{
    match_id: number;
    entry_id: number;
    line_no: number;
    amount: number;
    ledger: number;
  }>(sql`
    select b.match_id, b.entry_id, b.line_no, b.amount, l.debit - l.credit as ledger
    from bank_match_lines b
    join bank_matches m on m.client_account_id = ${id} and m.id = b.match_id
    join bank_accounts a on a.client_account_id = ${id} and a.id = m.bank_account_id
    join journal_entry_lines l on l.client_account_id = ${id} and l.entry_id = b.entry_id and l.line_no = b.line_no
    where b.client_account_id = ${id} and b.is_active and a.currency_code = 'NOK' and b.amount <> l.debit - l.credit
    order by 1, 2, 3 limit ${LARGEST_LIST}`);
  return [
    ...rows.map((row) => `match ${row.id}: ledger lines of ${kr(row.lines)}, transactions of ${kr(row.parts)}`),
    ...entries.map((row) =>
      row.has_entry
        ? `match ${row.match_id}: entry ${row.entry_id} is cancelled where the match stands, or stands where it is undone`
        : `match ${row.match_id}: its entry ${row.entry_id ?? ''} is missing`,
    ),
    ...lines.map(
      (row) =>
        `match ${row.match_id}: line ${row.line_no} of entry ${row.entry_id} is ${kr(row.ledger)}, not ${kr(row.amount)}`,
    ),
  ];
}

/** A posted document has its line: the line exists, is a claim or debt of its partner, and its amount is the gross. */
async function documentsFollowFromLines(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ id: number; gross_amount: number; line: number | null }>(sql`
    select d.id, d.gross_amount,
      case when d.currency_code = 'NOK' then abs(l.debit - l.credit)
        else round(abs(l.currency_amount) * 100)::bigint end as line
    from documents d
    left join journal_entry_lines l on l.client_account_id = ${id} and l.entry_id = d.journal_entry_id and l.line_no = d.line_no
    left join (${subsidiaryAccounts(id)}) a on a.account_code = l.account_code
    where d.client_account_id = ${id} and d.document_status = 'POSTED'
      and (a.account_code is null or l.business_partner_id is distinct from d.business_partner_id
        or d.gross_amount <> case when d.currency_code = 'NOK' then abs(l.debit - l.credit)
          else round(abs(l.currency_amount) * 100)::bigint end)
    order by 1 limit ${LARGEST_LIST}`);
  const others = await tx.rows<{ id: number; document_id: number }>(sql`
    select s.id, s.document_id from item_settlements s
    join documents d on d.client_account_id = ${id} and d.id = s.document_id
    where s.client_account_id = ${id} and s.is_active
      and ((d.journal_entry_id, d.line_no) is distinct from (s.entry_id, s.line_no) or d.document_status <> 'POSTED')
    order by 1 limit ${LARGEST_LIST}`);
  return [
    ...rows.map(
      (row) =>
        `document ${row.id}: gross ${kr(row.gross_amount)}, its line ${row.line === null ? 'is missing' : kr(row.line)}`,
    ),
    ...others.map((row) => `settlement ${row.id}: of document ${row.document_id}, whose line it is not`),
  ];
}
