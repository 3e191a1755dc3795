import { ownValue } from '../../../kernel/own-value.ts';
import sql from 'sql-template-tag';
import { groupBy } from '../../../kernel/group-by.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { numberArray, textArray } from '../../../platform/database/arrays.ts';
import { STATEMENT_CATEGORIES } from '../../transactions/statement-category.ts';
import { readItemCandidates } from '../items/item-candidates.ts';
import { readBankLines } from './ledger-candidates.ts';
import { type MatchUnit, partnerAccounts, readUnits } from '../matches/match-units.ts';
import { subsidiaryAccounts } from '../items/open-items.ts';
import type { Proposal } from './proposal.ts';
import { proposeItems } from './propose-items.ts';
import {
  type Hints,
  proposeByHints,
  proposeByRules,
  proposeSums,
  proposeTransfers,
  usedItems,
} from './propose-others.ts';
import { proposePosted, wholesOf } from './propose-posted.ts';
import { readRules } from '../rules/rule.ts';

/**
 * Proposals for every open transaction of a client account. In this order, each using the remainder of the one before:
 * existing ledger lines, transfers, open items, sums, rules, hints. The books are read completely in a few statements;
 * matching is decided in memory, and is deterministic for the same books.
 */
export async function proposeMatches(tx: Transaction, clientAccountId: number): Promise<Proposal[]> {
  // Both sides are read completely; a nested loop would never end on large books without statistics. Joins of this size fit
  // in memory, and each statement runs once, so JIT compilation would not pay.
  await tx.execute(sql`set local enable_nestloop = off`);
  await tx.execute(sql`set local work_mem = '64MB'`);
  await tx.execute(sql`set local jit = off`);
  const units = await readUnits(tx, clientAccountId);
  if (units.length === 0) return [];
  const wholes = wholesOf(units);
  const posted = proposePosted(wholes, await readBankLines(tx, clientAccountId));
  const proposals = [...posted.proposals];
  const covered = new Set(posted.covered);
  const take = (made: readonly Proposal[]) => {
    for (const each of made) proposals.push(each);
  };
  const left = () => units.filter(({ transaction_id }) => !covered.has(transaction_id));

  const transfers = proposeTransfers(
    wholes.filter(({ transaction_id }) => !covered.has(transaction_id)),
    await ownAccounts(tx, clientAccountId),
    posted.contested,
  );
  take(transfers);
  for (const { units: pair, hold } of transfers)
    if (hold === null) for (const { transaction_id } of pair) covered.add(transaction_id);

  const candidates = await readItemCandidates(tx, clientAccountId);
  const byItems = proposeItems(left(), {
    candidates,
    contested: posted.contested,
    accountsOf: await accountsOfPartners(tx, clientAccountId),
  });
  take(byItems);
  const settled = new Set(byItems.map(({ units: [unit] }) => unit!));
  const unsettled = left().filter((unit) => !settled.has(unit));
  const used = usedItems(byItems);
  take(
    proposeSums(
      unsettled,
      [...candidates.items].filter(([key]) => !used.has(key)).map(([, item]) => item),
    ),
  );
  take(proposeByRules(unsettled, await readRules(tx, clientAccountId, sql`is_active`), posted.contested));
  take(proposeByHints(unsettled, await readHints(tx, clientAccountId, unsettled)));
  return proposals;
}

async function ownAccounts(tx: Transaction, clientAccountId: number): Promise<Map<string, number>> {
  const rows = await tx.rows<{ number: string; id: number }>(sql`
    select unnest(array_remove(array[bban, iban], null)) as number, id from bank_accounts
    where client_account_id = ${clientAccountId} and business_partner_id is null`);
  return new Map(rows.map(({ number, id }) => [number, id]));
}

async function accountsOfPartners(tx: Transaction, clientAccountId: number): Promise<Map<number, Set<string>>> {
  const rows = await tx.rows<{ account: string; partner: number }>(partnerAccounts(clientAccountId));
  return new Map(
    [...groupBy(rows, ({ partner }) => partner)].map(([partner, theirs]) => [
      partner,
      new Set(theirs.map(({ account }) => account)),
    ]),
  );
}

async function readHints(tx: Transaction, clientAccountId: number, units: readonly MatchUnit[]): Promise<Hints> {
  const answered = await tx.rows<{ id: number; category: string }>(sql`
    select distinct on (bank_transaction_id) bank_transaction_id as id, category from bank_transaction_statements
    where client_account_id = ${clientAccountId} and category is not null order by bank_transaction_id, id desc`);
  const statements = new Map<number, { account: string; category: string }>();
  for (const { id, category } of answered) {
    const account = ownValue(STATEMENT_CATEGORIES, category)?.account;
    if (account) statements.set(id, { account, category });
  }
  // The single account that an account number was posted on in the latest matches with one posting.
  const history = await tx.rows<{ account: string; code: string }>(sql`
    select distinct on (t.counterparty_account) regexp_replace(t.counterparty_account, '[^0-9A-Za-z]', '', 'g') as account, l.account_code as code
    from (select id from bank_matches where client_account_id = ${clientAccountId} and undone_at is null and kind = 'posted' order by id desc limit 5000) m
    join bank_match_transactions p on p.client_account_id = ${clientAccountId} and p.match_id = m.id
    join bank_transactions t on t.client_account_id = ${clientAccountId} and t.id = p.transaction_id
    join bank_match_entries e on e.client_account_id = ${clientAccountId} and e.match_id = m.id
    join journal_entry_lines l on l.client_account_id = ${clientAccountId} and l.entry_id = e.entry_id and l.base_line_no is null
    where t.counterparty_account is not null
      and l.account_code not in (select account_code from bank_accounts where client_account_id = ${clientAccountId} and account_code is not null)
      and l.account_code not in (select account_code from (${subsidiaryAccounts(clientAccountId)}) a)
    order by t.counterparty_account, m.id desc, l.line_no`);
  const kids = [...new Set(units.flatMap(({ kid }) => kid ?? []))];
  const paid =
    kids.length === 0
      ? []
      : await tx.rows<{ kid: string; account_code: string; business_partner_id: number | null }>(sql`
          select distinct on (l.payment_reference) l.payment_reference as kid, l.account_code, l.business_partner_id
          from journal_entry_lines l join (${subsidiaryAccounts(clientAccountId)}) a on a.account_code = l.account_code
          where l.client_account_id = ${clientAccountId} and l.payment_reference = any(${textArray(kids)}::text[])
          order by l.payment_reference, l.entry_id`);
  return {
    statements,
    history: new Map(history.map(({ account, code }) => [account, code])),
    paidKids: new Map(paid.map(({ kid, ...line }) => [kid, line])),
    returned: await returnedPayments(tx, clientAccountId, units),
  };
}

/** Returned money: the earlier payment has the same id and the opposite amount, and settled something. */
async function returnedPayments(
  tx: Transaction,
  clientAccountId: number,
  units: readonly MatchUnit[],
): Promise<Hints['returned']> {
  const reversals = units.filter(
    ({ is_reversal, end_to_end_id, kid }) => is_reversal && (end_to_end_id ?? kid) !== null,
  );
  if (reversals.length === 0) return new Map();
  const rows = await tx.rows<{ id: number; account_code: string; business_partner_id: number | null }>(sql`
    select distinct on (r.id) r.id, l.account_code, l.business_partner_id
    from bank_transactions r
    join bank_transactions t on t.client_account_id = ${clientAccountId} and t.bank_account_id = r.bank_account_id
      and t.amount = -r.amount and t.id <> r.id
      and (t.end_to_end_id = r.end_to_end_id or t.structured_reference = r.structured_reference)
    join item_settlements s on s.client_account_id = ${clientAccountId} and s.bank_transaction_id = t.id and s.is_active
    join journal_entry_lines l on l.client_account_id = ${clientAccountId} and l.entry_id = s.entry_id and l.line_no = s.line_no
    where r.client_account_id = ${clientAccountId} and r.id = any(${numberArray(reversals.map(({ transaction_id }) => transaction_id))}::bigint[])
    order by r.id, t.id desc, s.id`);
  return new Map(rows.map(({ id, ...line }) => [id, line]));
}
