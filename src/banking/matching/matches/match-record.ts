import sql from 'sql-template-tag';
import type { Ore } from '../../../kernel/money.ts';
import { type EntryView, takeIds } from '../../../ledger/index.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { numberArray, textArray } from '../../../platform/database/arrays.ts';
import type { MatchEntry } from './match-entry.ts';
import type { MatchPlan } from './match-plan.ts';

export interface PlannedMatch {
  plan: MatchPlan;
  entries: MatchEntry[];
}

interface RecordContext {
  tx: Transaction;
  clientAccountId: number;
  userId: number;
  now: Date;
}

/**
 * Writes matches with their postings, under the row lock of the client account: transaction parts, ledger lines,
 * settlements, and the covered amount of each transaction. `posted` are the entries of all of them in order. Returns their
 * ids.
 */
export async function recordMatches(
  { tx, clientAccountId, userId, now }: RecordContext,
  matches: readonly PlannedMatch[],
  posted: readonly EntryView[],
): Promise<number[]> {
  const settlements = matches.flatMap(({ entries }) => entries.flatMap(({ itemLines }) => itemLines)).length * 2;
  const first = await takeIds(tx, clientAccountId, matches.length + settlements);
  const ids = matches.map((_, i) => first + i);
  const rows = new MatchRows(first + matches.length);
  let entry = 0;
  for (const [i, { plan, entries }] of matches.entries())
    rows.add(ids[i]!, plan, entries, posted.slice(entry, (entry += entries.length)));
  await tx.execute(sql`
    insert into bank_matches (client_account_id, id, bank_account_id, kind, score, evidence, rule_id, is_automatic, created_at, created_by_id)
    select ${clientAccountId}, u.id, u.bank_account_id, u.kind, u.score, u.evidence::jsonb, u.rule_id, u.is_automatic, ${now}, ${userId}
    from unnest(${numberArray(ids)}::bigint[],
      ${numberArray(matches.map(({ plan }) => plan.parts[0]!.transaction.bank_account_id))}::bigint[],
      ${textArray(matches.map(({ plan }) => plan.kind))}::text[], ${numberArray(matches.map(({ plan }) => plan.wish.score))}::int[],
      ${textArray(matches.map(({ plan }) => JSON.stringify(plan.wish.evidence)))}::text[],
      ${numberArray(matches.map(({ plan }) => plan.wish.ruleId))}::bigint[],
      ${textArray(matches.map(({ plan }) => String(plan.wish.isAutomatic)))}::boolean[])
      as u (id, bank_account_id, kind, score, evidence, rule_id, is_automatic)`);
  await rows.write(tx, clientAccountId, userId, now);
  await learnAccounts(tx, clientAccountId, matches, now);
  return ids;
}

/** The partner of a counterparty's account, as confirmed by a match. */
async function learnAccounts(
  tx: Transaction,
  clientAccountId: number,
  matches: readonly PlannedMatch[],
  now: Date,
): Promise<void> {
  const learned = new Map<string, { account: string; partner: number }>();
  for (const { plan } of matches)
    for (const { part, item } of plan.slices) {
      const account = plan.parts[part]!.counterpartyAccount?.replace(/[\s.]/g, '');
      const partner = item?.business_partner_id;
      if (account && partner) learned.set(`${account} ${partner}`, { account, partner });
    }
  if (learned.size === 0) return;
  const found = [...learned.values()];
  await tx.execute(sql`
    insert into bank_partner_accounts as p (client_account_id, account_number, business_partner_id, confirmed_at)
    select ${clientAccountId}, u.account, u.partner, ${now}
    from unnest(${textArray(found.map(({ account }) => account))}::text[],
      ${numberArray(found.map(({ partner }) => partner))}::bigint[]) as u (account, partner)
    on conflict (client_account_id, account_number, business_partner_id)
    do update set confirmations = p.confirmations + 1, confirmed_at = excluded.confirmed_at`);
}

/** The detail rows of matches, collected for one statement for each table. */
class MatchRows {
  readonly #parts: {
    match: number;
    transaction: number;
    position: number;
    detail: number | null;
    amount: Ore;
    external: boolean;
  }[] = [];
  readonly #lines: { match: number; entry: number; line: number; amount: Ore }[] = [];
  readonly #entries: { match: number; entry: number }[] = [];
  readonly #settlements: (SettlementRow & { id: number; match: number })[] = [];
  #nextId: number;

  constructor(firstId: number) {
    this.#nextId = firstId;
  }

  add(match: number, plan: MatchPlan, entries: readonly MatchEntry[], posted: readonly EntryView[]): void {
    plan.parts.forEach((part, position) =>
      this.#parts.push({
        match,
        transaction: part.transaction.id,
        position,
        detail: part.detailId,
        amount: part.amount,
        external: plan.kind === 'external',
      }),
    );
    for (const { entry_id, line_no, amount, currency_amount } of plan.lines) {
      const foreign = plan.parts[0]!.transaction.account_currency !== 'NOK';
      this.#lines.push({
        match,
        entry: entry_id,
        line: line_no,
        amount: foreign ? (currency_amount ?? amount) : amount,
      });
    }
    entries.forEach(({ bankLines, itemLines, date }, i) => {
      const { id } = posted[i]!;
      this.#entries.push({ match, entry: id });
      for (const { amount, lineNo } of bankLines) this.#lines.push({ match, entry: id, line: lineNo, amount });
      for (const { slice, lineNo } of itemLines) {
        const { transaction, detailId } = plan.parts[slice.part]!;
        const group = this.#nextId;
        const common = {
          match,
          group,
          transaction: transaction.id,
          detail: detailId,
          document: slice.item!.document_id,
          settledOn: date,
        };
        const { entry_id: entry, line_no: line } = slice.item!;
        this.#settlements.push({ ...common, id: this.#nextId++, entry, line, amount: slice.amount });
        this.#settlements.push({
          ...common,
          id: this.#nextId++,
          entry: id,
          line: lineNo,
          amount: -slice.amount,
          // The payment's own line; the settled line is the other one.
          transaction: null,
          detail: null,
          document: null,
        });
      }
    });
  }

  async write(tx: Transaction, clientAccountId: number, userId: number, now: Date): Promise<void> {
    const parts = this.#parts;
    await tx.execute(sql`
      insert into bank_match_transactions (client_account_id, match_id, transaction_id, position, detail_id, amount)
      select ${clientAccountId}, u.match, u.transaction, u.position, u.detail, u.amount
      from unnest(${numberArray(parts.map(({ match }) => match))}::bigint[],
        ${numberArray(parts.map(({ transaction }) => transaction))}::bigint[],
        ${numberArray(parts.map(({ position }) => position))}::int[], ${numberArray(parts.map(({ detail }) => detail))}::bigint[],
        ${numberArray(parts.map(({ amount }) => amount))}::bigint[]) as u (match, transaction, position, detail, amount)`);
    await coverTransactions(tx, clientAccountId, parts);
    if (this.#entries.length > 0)
      await tx.execute(sql`
        insert into bank_match_entries (client_account_id, match_id, entry_id)
        select ${clientAccountId}, u.match, u.entry
        from unnest(${numberArray(this.#entries.map(({ match }) => match))}::bigint[],
          ${numberArray(this.#entries.map(({ entry }) => entry))}::bigint[]) as u (match, entry)`);
    if (this.#lines.length > 0)
      await tx.execute(sql`
        insert into bank_match_lines (client_account_id, match_id, entry_id, line_no, amount)
        select ${clientAccountId}, u.match, u.entry, u.line, u.amount
        from unnest(${numberArray(this.#lines.map(({ match }) => match))}::bigint[],
          ${numberArray(this.#lines.map(({ entry }) => entry))}::bigint[],
          ${numberArray(this.#lines.map(({ line }) => line))}::int[],
          ${numberArray(this.#lines.map(({ amount }) => amount))}::bigint[]) as u (match, entry, line, amount)`);
    await insertSettlements(tx, { clientAccountId, userId, now }, this.#settlements);
  }
}

/** Adds to the covered amount of transactions, or subtracts if the amounts are negated. */
export async function coverTransactions(
  tx: Transaction,
  clientAccountId: number,
  parts: readonly { transaction: number; amount: Ore; external: boolean }[],
): Promise<void> {
  const sums = new Map<number, { matched: Ore; external: Ore }>();
  for (const { transaction, amount, external } of parts) {
    const sum = sums.get(transaction) ?? { matched: 0n, external: 0n };
    sum[external ? 'external' : 'matched'] += amount;
    sums.set(transaction, sum);
  }
  await tx.execute(sql`
    update bank_transactions t set matched_amount = t.matched_amount + u.matched,
      external_reconciled_amount = t.external_reconciled_amount + u.external
    from unnest(${numberArray([...sums.keys()])}::bigint[],
      ${numberArray([...sums.values()].map(({ matched }) => matched))}::bigint[],
      ${numberArray([...sums.values()].map(({ external }) => external))}::bigint[]) as u (id, matched, external)
    where t.client_account_id = ${clientAccountId} and t.id = u.id`);
}

export interface SettlementRow {
  id: number;
  match: number | null;
  group: number;
  entry: number;
  line: number;
  /** With the sign of the line. */
  amount: Ore;
  transaction: number | null;
  detail: number | null;
  document: number | null;
  settledOn: string;
}

export async function insertSettlements(
  tx: Transaction,
  { clientAccountId, userId, now }: Omit<RecordContext, 'tx'>,
  rows: readonly SettlementRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into item_settlements (client_account_id, id, entry_id, line_no, amount, match_id, group_id, bank_transaction_id,
      detail_id, document_id, settled_on, created_at, created_by_id)
    select ${clientAccountId}, u.id, u.entry, u.line, u.amount, u.match, u.grp, u.transaction, u.detail, u.document, u.settled_on,
      ${now}, ${userId}
    from unnest(${numberArray(rows.map(({ id }) => id))}::bigint[], ${numberArray(rows.map(({ entry }) => entry))}::bigint[],
      ${numberArray(rows.map(({ line }) => line))}::int[], ${numberArray(rows.map(({ amount }) => amount))}::bigint[],
      ${numberArray(rows.map(({ match }) => match))}::bigint[], ${numberArray(rows.map(({ group }) => group))}::bigint[],
      ${numberArray(rows.map(({ transaction }) => transaction))}::bigint[],
      ${numberArray(rows.map(({ detail }) => detail))}::bigint[], ${numberArray(rows.map(({ document }) => document))}::bigint[],
      ${textArray(rows.map(({ settledOn }) => settledOn))}::date[])
      as u (id, entry, line, amount, match, grp, transaction, detail, document, settled_on)`);
}
