import { groupBy } from '../../../kernel/group-by.ts';
import { addDays, type LocalDate } from '../../../kernel/local-date.ts';
import { isWorkingDay } from '../../../kernel/working-days.ts';
import { evidence } from './evidence.ts';
import { itemKey, type OpenItem } from '../items/open-items.ts';
import type { MatchUnit } from '../matches/match-units.ts';
import { type Proposal, proposal } from './proposal.ts';
import type { Whole } from './propose-posted.ts';
import { type RuleTest, ruleTest, type RuleView } from '../rules/rule.ts';
import { subsetSum } from './subset-sum.ts';

const TRANSFER_BANK_DAYS = 3;

/** Equal and opposite on two own accounts within three bank days; certain only if neither fits anything else. */
export function proposeTransfers(
  wholes: readonly Whole[],
  ownAccounts: ReadonlyMap<string, number>,
  contested: ReadonlySet<number>,
): Proposal[] {
  const out = wholes.filter(({ amount }) => amount < 0);
  const into = groupBy(
    wholes.filter(({ amount }) => amount > 0),
    ({ amount }) => amount,
  );
  const found = out.flatMap((from) =>
    (into.get(-from.amount) ?? [])
      .filter(
        (to) =>
          to.bank_account_id !== from.bank_account_id &&
          bankDays(from.booking_date, to.booking_date) <= TRANSFER_BANK_DAYS,
      )
      .map((to) => [from, to] as const),
  );
  const times = new Map<number, number>();
  for (const pair of found)
    for (const { transaction_id } of pair) times.set(transaction_id, (times.get(transaction_id) ?? 0) + 1);
  return found.map(([from, to]) => {
    const names = [
      from.account && ownAccounts.get(from.account) === to.bank_account_id,
      to.account && ownAccounts.get(to.account) === from.bank_account_id,
    ];
    const isUnique = times.get(from.transaction_id) === 1 && times.get(to.transaction_id) === 1;
    const isPosted = contested.has(from.transaction_id) || contested.has(to.transaction_id);
    const value = names.some(Boolean) ? (from.account ?? to.account) : null;
    return proposal(
      [from, to],
      [evidence('own_account', value)],
      { transfer: true },
      isPosted ? 'posted' : isUnique ? null : 'ambiguous',
    );
  });
}

/** Working days from the earlier to the later one. */
function bankDays(one: LocalDate, other: LocalDate): number {
  const [from, to] = one < other ? [one, other] : [other, one];
  let days = 0;
  for (let day = from; day < to && days <= TRANSFER_BANK_DAYS; day = addDays(day, 1))
    if (isWorkingDay(addDays(day, 1))) days++;
  return days;
}

/** Several transactions of a partner for one item, or all that is left on both sides. */
export function proposeSums(units: readonly MatchUnit[], items: readonly OpenItem[]): Proposal[] {
  const byPartner = groupBy(
    items.filter(({ business_partner_id }) => business_partner_id !== null),
    ({ business_partner_id }) => business_partner_id!,
  );
  const partnerOf = ({ account_partner, name_partner }: MatchUnit) => account_partner ?? name_partner;
  return [
    ...groupBy(
      units.filter((unit) => partnerOf(unit) !== null && unit.ore !== null),
      partnerOf,
    ),
  ].flatMap(([partner, all]) => {
    const theirs = byPartner.get(partner!) ?? [];
    if (all.length < 2 || theirs.length === 0 || all.length > 24) return [];
    const total = all.reduce((sum, { ore }) => sum + ore!, 0);
    const due = theirs.reduce((sum, { remaining }) => sum + Number(remaining), 0);
    const wish = (chosen: readonly OpenItem[]) => ({
      items: chosen.map(({ entry_id, line_no, remaining }) => ({
        entryId: entry_id,
        lineNo: line_no,
        amount: remaining,
      })),
    });
    const why = (count: number) => [evidence('sum_of_transactions', String(count))];
    if (total === due && theirs.length <= 24) return [proposal(all, why(all.length), wish(theirs), 'weak')];
    for (const item of theirs) {
      const sum = subsetSum(
        all.map(({ ore }) => ore!),
        Number(item.remaining),
      );
      if (sum)
        return [
          proposal(
            sum.chosen.map((i) => all[i]!),
            why(sum.chosen.length),
            wish([item]),
            'weak',
          ),
        ];
    }
    return [];
  });
}

/** The first matching rule decides. It is never applied to transactions that the ledger may have posted already. */
export function proposeByRules(
  units: readonly MatchUnit[],
  rules: readonly RuleView[],
  contested: ReadonlySet<number>,
): Proposal[] {
  const tests: [RuleView, RuleTest][] = rules.map((rule) => [rule, ruleTest(rule.condition)]);
  return units.flatMap((unit) => {
    const hit = unit.ore === null ? undefined : tests.find(([, test]) => test(unit));
    if (!hit) return [];
    const [{ id, name, action, books }] = hit;
    const hold = contested.has(unit.transaction_id) ? 'posted' : books ? null : 'policy';
    return [
      proposal(
        [unit],
        [evidence('rule', name)],
        {
          ruleId: id,
          postings: [
            posting(unit, action.account_code, {
              taxCode: action.tax_code ?? null,
              businessPartnerId: action.business_partner_id ?? null,
              dimensions: action.dimensions ?? [],
              memo: action.memo ?? null,
            }),
          ],
        },
        hold,
      ),
    ];
  });
}

const NOTHING_MORE = { taxCode: null, businessPartnerId: null, dimensions: [], memo: null };
type PostingFacts = Omit<Proposal['wish']['postings'][number], 'accountCode' | 'amount'>;

export function posting(unit: MatchUnit, accountCode: string, more: PostingFacts = NOTHING_MORE) {
  return { accountCode, amount: BigInt(unit.ore!), ...more };
}

/** Hints for a person: from an answer or the account's history. */
export interface Hints {
  /** Account that follows from a person's explanation of a transaction. */
  statements: ReadonlyMap<number, { account: string; category: string }>;
  /** Account number → account of its latest postings. */
  history: ReadonlyMap<string, string>;
  /** KID → the partner and account of the items that it paid. */
  paidKids: ReadonlyMap<string, { account_code: string; business_partner_id: number | null }>;
  /** Returned payments: transaction → the partner and account of the original payment. */
  returned: ReadonlyMap<number, { account_code: string; business_partner_id: number | null }>;
}

export function proposeByHints(units: readonly MatchUnit[], hints: Hints): Proposal[] {
  return units.flatMap((unit) => {
    if (unit.ore === null) return [];
    const made: Proposal[] = [];
    const back = hints.returned.get(unit.transaction_id);
    if (back)
      made.push(
        proposal(
          [unit],
          [evidence('returned', unit.end_to_end_id ?? unit.kid)],
          {
            postings: [
              posting(unit, back.account_code, { ...NOTHING_MORE, businessPartnerId: back.business_partner_id }),
            ],
          },
          'policy',
        ),
      );
    const paid = unit.kid && hints.paidKids.get(unit.kid);
    if (paid && !back)
      made.push(
        proposal(
          [unit],
          [evidence('kid_already_paid', unit.kid)],
          {
            postings: [
              posting(unit, paid.account_code, { ...NOTHING_MORE, businessPartnerId: paid.business_partner_id }),
            ],
          },
          'weak',
        ),
      );
    const statement = hints.statements.get(unit.transaction_id);
    if (statement)
      made.push(
        proposal(
          [unit],
          [evidence('statement', statement.category)],
          { postings: [posting(unit, statement.account)] },
          'policy',
        ),
      );
    const before = unit.account && hints.history.get(unit.account);
    if (before && made.length === 0)
      made.push(proposal([unit], [evidence('history', unit.account)], { postings: [posting(unit, before)] }, 'weak'));
    return made;
  });
}

export const usedItems = (proposals: readonly Proposal[]): Set<string> =>
  new Set(
    proposals.flatMap(({ wish }) =>
      wish.items.map(({ entryId, lineNo }) => itemKey({ entry_id: entryId, line_no: lineNo })),
    ),
  );
