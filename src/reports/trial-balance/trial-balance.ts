import type { Ore } from '../../kernel/money.ts';
import type { Figure } from '../figures/ledger-figures.ts';
import { type Relation, relationOf } from '../trail/related-entities.ts';
import { carriesForward, compareAccounts, type ReportAccount, type ReportChart } from '../printed/report-chart.ts';

export interface BalanceAmounts {
  /**
   * Balance on the day before the range, debit − credit; for income and expense accounts since the start of the fiscal
   * year.
   */
  incoming: Ore;
  debit: Ore;
  credit: Ore;
  /** incoming + debit − credit */
  outgoing: Ore;
}

export interface TrialBalanceRow extends BalanceAmounts {
  account: ReportAccount;
  /** The related entity that this part of the account belongs to. The rows of an account sum to it. */
  relation: Relation | null;
}

/** Saldobalanse. Rows in statement order: by groups and account; the related entities of an account by id. */
export interface TrialBalance {
  rows: TrialBalanceRow[];
  totals: BalanceAmounts;
  /**
   * Result of earlier fiscal years that was never transferred to equity, debit − credit. Without a filter it and the
   * incoming balances sum to zero.
   */
  unappropriated: Ore;
}

/** The related entities of the figures whose names are needed. */
export function relatedIdsOf(figures: readonly Figure[], chart: ReportChart): Set<number> {
  const ids = new Set<number>();
  for (const figure of figures) {
    const relation = relationOf(chart(figure.accountCode), figure);
    if (relation) ids.add(relation.id);
  }
  return ids;
}

export function trialBalance(
  figures: readonly Figure[],
  chart: ReportChart,
  names: ReadonlyMap<number, string>,
): TrialBalance {
  // By account, then by the id of the related entity, which is unique over all kinds.
  const byAccount = new Map<ReportAccount, Map<number, TrialBalanceRow>>();
  const rows: TrialBalanceRow[] = [];
  let unappropriated = 0n;
  for (const figure of figures) {
    const account = chart(figure.accountCode);
    const carried = carriesForward(account);
    if (!carried) unappropriated += figure.earlier;
    const incoming = figure.incoming + (carried ? figure.earlier : 0n);
    const found = relationOf(account, figure);
    let parts = byAccount.get(account);
    if (!parts) byAccount.set(account, (parts = new Map<number, TrialBalanceRow>()));
    const key = found?.id ?? 0;
    let row = parts.get(key);
    if (!row) {
      const relation = found && { type: found.type, id: found.id, name: names.get(found.id) ?? String(found.id) };
      row = { account, relation, incoming: 0n, debit: 0n, credit: 0n, outgoing: 0n };
      parts.set(key, row);
      rows.push(row);
    }
    add(row, { incoming, debit: figure.debit, credit: figure.credit });
  }
  const shown = rows.filter((row) => row.incoming !== 0n || row.debit !== 0n || row.credit !== 0n);
  const totals = zero();
  for (const row of shown) add(totals, row);
  return { rows: shown.sort(inStatementOrder), totals, unappropriated };
}

export function zero(): BalanceAmounts {
  return { incoming: 0n, debit: 0n, credit: 0n, outgoing: 0n };
}

export function add(sum: BalanceAmounts, part: Omit<BalanceAmounts, 'outgoing'>): void {
  sum.incoming += part.incoming;
  sum.debit += part.debit;
  sum.credit += part.credit;
  sum.outgoing += part.incoming + part.debit - part.credit;
}

function inStatementOrder(a: TrialBalanceRow, b: TrialBalanceRow): number {
  if (a.account !== b.account) return compareAccounts(a.account, b.account);
  if (!a.relation || !b.relation) return a.relation ? 1 : -1;
  if (a.relation.type !== b.relation.type) return a.relation.type < b.relation.type ? -1 : 1;
  return a.relation.id - b.relation.id;
}
