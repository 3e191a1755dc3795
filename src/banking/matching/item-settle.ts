import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import { type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore, type Ore } from '../../kernel/money.ts';
import { lockBooks, missingEntryLines, numberArray, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, problem, requestErrors } from '../../platform/errors.ts';
import { envelope, type Page } from '../../platform/http/paging.ts';
import { type Context, readOperation, writeOperation } from '../../platform/operation.ts';
import { matchingErrors } from './errors.ts';
import { evidence, type Evidence } from './evidence.ts';
import { insertSettlements, type SettlementRow } from './match-record.ts';
import { covers } from './standing-books.ts';
import { itemKey, type OpenItem, readOpenItems } from './open-items.ts';

/** Lines that settle each other: an invoice and its credit note, or a payment that imported books had posted. */
export interface SettlementWish {
  items: { entryId: number; lineNo: number; amount: Ore | null }[];
  settledOn: LocalDate | null;
}

export interface SettlementProposal {
  items: { item: OpenItem; amount: Ore }[];
  found: Evidence[];
  /** By reference; sums alone are for a person. */
  isEnough: boolean;
}

/**
 * Open items of one partner and account that settle each other: with the same KID or document number, or all of them
 * together to nothing. Never on the amount of two alone.
 */
export async function proposeSettlements(tx: Transaction, clientAccountId: number): Promise<SettlementProposal[]> {
  const items = (await readOpenItems(tx, clientAccountId, sql`true`)).sort((a, b) =>
    a.entry_date < b.entry_date ? -1 : a.entry_date > b.entry_date ? 1 : a.entry_id - b.entry_id,
  );
  const proposals: SettlementProposal[] = [];
  for (const theirs of groupBy(items, (item) => `${item.business_partner_id ?? ''} ${item.account_code}`).values()) {
    if (theirs[0]!.business_partner_id === null) continue;
    const left = new Set(theirs);
    for (const field of ['payment_reference', 'document_reference'] as const) {
      const named = [...left].filter((item) => item[field] !== null);
      for (const [reference, same] of groupBy(named, (item) => item[field]!)) {
        const paired = againstEachOther(same);
        if (paired.length === 0) continue;
        const code = field === 'payment_reference' ? 'kid' : 'document_number';
        proposals.push({ items: paired, found: [evidence(code, reference)], isEnough: true });
        for (const item of same) left.delete(item);
      }
    }
    const rest = [...left];
    const sum = rest.reduce((total, { remaining }) => total + remaining, 0n);
    if (rest.length > 1 && sum === 0n)
      proposals.push({
        items: rest.map((item) => ({ item, amount: item.remaining })),
        found: [evidence('sum_of_items', String(rest.length))],
        isEnough: false,
      });
  }
  return proposals;
}

/** As much as both sides have, the oldest first. */
export function againstEachOther(items: readonly OpenItem[]): { item: OpenItem; amount: Ore }[] {
  const debit = items.filter(({ remaining }) => remaining > 0n);
  const credit = items.filter(({ remaining }) => remaining < 0n);
  const total = (of: readonly OpenItem[]) => of.reduce((sum, { remaining }) => sum + abs(remaining), 0n);
  const both = min(total(debit), total(credit));
  const upTo = (of: readonly OpenItem[]) => {
    let left = both;
    return of.flatMap((item) => {
      const amount = min(left, abs(item.remaining));
      left -= amount;
      return amount === 0n ? [] : [{ item, amount: item.remaining > 0n ? amount : -amount }];
    });
  };
  return [...upTo(debit), ...upTo(credit)];
}

const abs = (amount: Ore) => (amount < 0n ? -amount : amount);
const min = (a: Ore, b: Ore) => (a < b ? a : b);

export const listSettlementProposals = readOperation({
  name: 'item-settlement.propose',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: Page) {
    const all = await proposeSettlements(tx, clientAccountId);
    const from = (input.page - 1) * input.perPage;
    const data = all.slice(from, from + input.perPage).map(({ items, found, isEnough }) => ({
      items: items.map(({ item, amount }) => ({
        journal_entry_id: item.entry_id,
        line_number: item.line_no,
        amount: formatAmount(amount),
      })),
      business_partner_id: items[0]!.item.business_partner_id,
      account_code: items[0]!.item.account_code,
      evidence: found,
      is_automatic: isEnough,
    }));
    return envelope(data, input, all.length);
  },
});

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

/** Settles lines against each other; all groups or none. Throws 400 where a group does not add up, 409 where less is open. */
export const settleItems = writeOperation({
  name: 'item-settlement.create',
  access,
  async run(context, { groups }: { groups: SettlementWish[] }): Promise<{ groups: number[] }> {
    await lockBooks(context.tx, context.clientAccountId);
    const { tx, clientAccountId } = context;
    const wanted = groups.flatMap(({ items }) => items);
    await refuseUnknown(tx, clientAccountId, groups);
    const found = await readOpenItems(
      tx,
      clientAccountId,
      sql`(l.entry_id, l.line_no) in (select * from unnest(
      ${numberArray(wanted.map(({ entryId }) => entryId))}::bigint[], ${numberArray(wanted.map(({ lineNo }) => lineNo))}::int[]))`,
    );
    const open = new Map(found.map((item) => [itemKey(item), item]));
    const planned = groups.map(({ items, settledOn }) => {
      const chosen = items.map(({ entryId, lineNo, amount }) => {
        const item = open.get(`${entryId}:${lineNo}`);
        const settled = amount ?? item?.remaining ?? 0n;
        if (!item || settled === 0n || !covers(item.remaining, settled))
          throw matchingErrors.not_open({
            what: 'item',
            id: `${entryId}/${lineNo}`,
            open: formatAmount(item?.remaining ?? 0n),
            wanted: formatAmount(settled),
          });
        item.remaining -= settled;
        return { item, amount: settled };
      });
      const sum = chosen.reduce((total, { amount }) => total + amount, 0n);
      if (sum !== 0n) throw matchingErrors.not_zero({ sum: formatAmount(sum) });
      const same = new Set(chosen.map(({ item }) => `${item.account_code} ${item.business_partner_id}`));
      if (same.size > 1) throw matchingErrors.different_partners();
      return { items: chosen, settledOn };
    });
    return { groups: await write(context, planned) };
  },
});

async function refuseUnknown(
  tx: Transaction,
  clientAccountId: number,
  groups: readonly SettlementWish[],
): Promise<void> {
  const missing = await missingEntryLines(
    tx,
    clientAccountId,
    groups.flatMap(({ items }) => items),
  );
  const problems = groups.flatMap(({ items }, g) =>
    items.flatMap(({ entryId, lineNo }, i) =>
      missing.has(`${entryId} ${lineNo}`)
        ? [problem(`groups[${g}].items[${i}].journal_entry_id`, 'no such entry line', 'ingen slik bilagslinje')]
        : [],
    ),
  );
  if (problems.length > 0) throw invalid(problems);
}

/** Everything that references prove, at once. */
export const settleAutomatically = writeOperation({
  name: 'item-settlement.automatic',
  access,
  async run(context): Promise<{ groups: number; items: number }> {
    await lockBooks(context.tx, context.clientAccountId);
    const ready = (await proposeSettlements(context.tx, context.clientAccountId)).filter(({ isEnough }) => isEnough);
    await write(
      context,
      ready.map(({ items }) => ({ items, settledOn: null })),
    );
    return { groups: ready.length, items: ready.reduce((sum, { items }) => sum + items.length, 0) };
  },
});

async function write(
  { tx, clientAccountId, caller, now, audit }: Context,
  groups: readonly { items: { item: OpenItem; amount: Ore }[]; settledOn: LocalDate | null }[],
): Promise<number[]> {
  const count = groups.reduce((sum, { items }) => sum + items.length, 0);
  if (count === 0) {
    audit({ recordType: 'item_settlement', recordIds: [] });
    return [];
  }
  let id = await takeIds(tx, clientAccountId, count);
  const ids: number[] = [];
  const rows = groups.flatMap(({ items, settledOn }) => {
    const group = id;
    ids.push(group);
    const latest = items.map(({ item }) => item.entry_date).reduce((a, b) => (a > b ? a : b));
    return items.map(({ item, amount }): SettlementRow => ({
      id: id++,
      match: null,
      group,
      entry: item.entry_id,
      line: item.line_no,
      amount,
      transaction: null,
      detail: null,
      document: item.document_id,
      settledOn: settledOn ?? latest,
    }));
  });
  await insertSettlements(tx, { clientAccountId, userId: caller.userId, now }, rows);
  audit({ recordType: 'item_settlement', recordIds: ids });
  return ids;
}

/** Opens the lines again. Those of a bank match are undone with it. */
export const undoSettlement = writeOperation({
  name: 'item-settlement.undo',
  access,
  async run(context, { id, reason }: { id: number; reason: string }) {
    await lockBooks(context.tx, context.clientAccountId);
    const { tx, clientAccountId, caller, now, audit } = context;
    const rows = await tx.rows<{
      match_id: number | null;
      is_active: boolean;
      entry_id: number;
      line_no: number;
      amount: number;
    }>(sql`
      select match_id, is_active, entry_id, line_no, amount from item_settlements
      where client_account_id = ${clientAccountId} and group_id = ${id} order by id`);
    if (rows.length === 0) throw requestErrors.not_found({ what: 'Settlement' });
    if (rows[0]!.match_id !== null)
      throw matchingErrors.entry_is_matched({ entry_id: rows[0]!.entry_id, match_id: rows[0]!.match_id });
    if (!rows[0]!.is_active) throw matchingErrors.already_undone();
    await tx.execute(sql`
      update item_settlements set is_active = false, undone_at = ${now}, undone_by_id = ${caller.userId}, undo_reason = ${reason}
      where client_account_id = ${clientAccountId} and group_id = ${id}`);
    audit({ recordType: 'item_settlement', recordId: id, after: { undone: true, reason } });
    return {
      id,
      undo_reason: reason,
      items: rows.map(({ entry_id, line_no, amount }) => ({
        journal_entry_id: entry_id,
        line_number: line_no,
        amount: formatAmount(ore(amount)),
      })),
    };
  },
});
