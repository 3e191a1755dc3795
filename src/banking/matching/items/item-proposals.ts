import sql from 'sql-template-tag';
import { groupBy } from '../../../kernel/group-by.ts';
import { formatAmount, type Ore } from '../../../kernel/money.ts';
import { READERS } from '../../../platform/caller.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { envelope, type Page } from '../../../platform/http/paging.ts';
import { readOperation } from '../../../platform/operation.ts';
import { evidence, type Evidence } from '../proposals/evidence.ts';
import { amountOf, measureOf } from './item-measure.ts';
import { type OpenItem, readOpenItems } from './open-items.ts';

export interface SettlementProposal {
  items: { item: OpenItem; amount: Ore }[];
  found: Evidence[];
  /** By reference; equal sums alone are left to a person. */
  isEnough: boolean;
}

/**
 * Open items of one partner and account that settle each other: with the same KID or document number, or all of them
 * together with the sum zero. Never by the amount of two alone.
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
    const measure = measureOf(rest);
    const sum = rest.reduce((total, item) => total + measure(item), 0n);
    if (rest.length > 1 && sum === 0n)
      proposals.push({
        items: rest.map((item) => ({ item, amount: item.remaining })),
        found: [evidence('sum_of_items', String(rest.length))],
        isEnough: false,
      });
  }
  return proposals;
}

/** As much as both sides have, the oldest first; in their currency if all have the same one. */
function againstEachOther(items: readonly OpenItem[]): { item: OpenItem; amount: Ore }[] {
  const measure = measureOf(items);
  const debit = items.filter((item) => measure(item) > 0n);
  const credit = items.filter((item) => measure(item) < 0n);
  const total = (of: readonly OpenItem[]) => of.reduce((sum, item) => sum + abs(measure(item)), 0n);
  const both = min(total(debit), total(credit));
  const upTo = (of: readonly OpenItem[]) => {
    let left = both;
    return of.flatMap((item) => {
      const part = min(left, abs(measure(item)));
      left -= part;
      const amount = part === 0n ? 0n : amountOf(item, measure(item) > 0n ? part : -part, measure);
      return amount === 0n ? [] : [{ item, amount }];
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
