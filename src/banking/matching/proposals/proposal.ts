import type { Evidence } from './evidence.ts';
import { scoreOf } from './evidence.ts';
import { EMPTY_WISH, type MatchWish } from '../matches/match-wish.ts';
import type { MatchUnit } from '../matches/match-units.ts';

/**
 * Why a proposal waits for a person. `ambiguous`: the transaction fits something else as well. `competing`: another
 * transaction fits the same target. `posted`: the ledger may contain it already. `changed_account`: not the supplier's known
 * account. `contradiction`: references that do not agree. `weak`: not enough evidence. `policy`: required by the rule.
 */
export const HOLDS = [
  'ambiguous',
  'competing',
  'posted',
  'changed_account',
  'contradiction',
  'weak',
  'policy',
] as const;
export type Hold = (typeof HOLDS)[number];

export interface Proposal {
  /** Its transactions, the main one first. */
  units: readonly MatchUnit[];
  wish: MatchWish;
  /** Null: it may be carried out without asking. */
  hold: Hold | null;
}

export function proposal(
  units: readonly MatchUnit[],
  found: Evidence[],
  what: Partial<MatchWish>,
  hold: Hold | null,
): Proposal {
  const transactions = units.map(({ transaction_id, detail_id }) => ({
    transactionId: transaction_id,
    detailId: detail_id,
    amount: null,
  }));
  return { units, wish: { ...EMPTY_WISH, transactions, ...what, evidence: found, score: scoreOf(found) }, hold };
}

export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** References compared without spaces and case. */
export function plain(reference: string): string {
  return reference.replace(/\s+/g, '').toUpperCase();
}

export function nameIn(text: string, reference: string): boolean {
  const number = plain(reference);
  return number.length >= 4 && /\d/.test(number) && plain(text).includes(number);
}
