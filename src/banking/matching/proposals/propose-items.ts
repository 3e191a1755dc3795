import { groupBy } from '../../../kernel/group-by.ts';
import { type Evidence, evidence } from './evidence.ts';
import { FACT, type ItemCandidates } from '../items/item-candidates.ts';
import type { MatchUnit } from '../matches/match-units.ts';
import { unitKey } from '../matches/match-units.ts';
import type { WishedItem } from '../matches/match-wish.ts';
import type { OpenItem } from '../items/open-items.ts';
import { itemKey } from '../items/open-items.ts';
import { type Hold, type Proposal, proposal } from './proposal.ts';
import { subsetSum } from './subset-sum.ts';

/** A way to settle a unit: targets, reasons, and whether that is enough to do it without asking. */
interface Option {
  items: OpenItem[];
  found: Evidence[];
  isEnough: boolean;
  difference: Proposal['wish']['difference'];
  /** Our own order: its approver saw the account. */
  isOrdered?: boolean;
  /** Amounts, if the payment covers less than all. */
  amounts?: bigint[];
}

export interface ItemContext {
  candidates: ItemCandidates;
  /** Transactions that the ledger may have posted already. */
  contested: ReadonlySet<number>;
  /** Known account numbers of partners. */
  accountsOf: ReadonlyMap<number, ReadonlySet<string>>;
}

const MOST_ALTERNATIVES = 5;

/**
 * Proposals for each open transaction. If two targets fit, or two transactions fit one target, all of them need a decision
 * by a person.
 */
export function proposeItems(units: readonly MatchUnit[], context: ItemContext): Proposal[] {
  const { candidates, contested } = context;
  const pairs = groupBy(candidates.pairs, ({ unit }) => unit);
  const byPartner = groupBy(candidates.items.values(), ({ business_partner_id }) => business_partner_id ?? 0);
  const chosen = units.flatMap((unit) => {
    const found = (pairs.get(unitKey(unit)) ?? []).flatMap(({ entry_id, line_no, facts, part }) => {
      const item = candidates.items.get(`${entry_id}:${line_no}`);
      return item ? [{ item, facts, part }] : [];
    });
    const options = optionsOf(unit, found, byPartner);
    return options.length === 0 ? [] : [{ unit, options }];
  });
  // An item that two transactions would settle with good evidence is settled by neither.
  const wanted = new Map<string, number>();
  for (const { options } of chosen)
    for (const item of new Set(options.filter(({ isEnough }) => isEnough).flatMap(({ items }) => items)))
      wanted.set(itemKey(item), (wanted.get(itemKey(item)) ?? 0) + 1);
  return chosen.flatMap(({ unit, options }) => {
    const enough = options.filter(({ isEnough }) => isEnough).length;
    const competing = (option: Option) => option.items.some((item) => (wanted.get(itemKey(item)) ?? 0) > 1);
    const isPosted = contested.has(unit.transaction_id);
    return options.slice(0, MOST_ALTERNATIVES).map((option): Proposal => {
      const hasChanged = !option.isOrdered && accountChanged(unit, option.items, context);
      const found = hasChanged ? [...option.found, evidence('account_changed', unit.account)] : option.found;
      const hold = holdOf({ option, enough, isCompeting: competing(option), isPosted, hasChanged });
      return proposal([unit], found, { items: wishedItems(option), difference: option.difference }, hold);
    });
  });
}

interface Standing {
  option: Option;
  enough: number;
  isCompeting: boolean;
  isPosted: boolean;
  hasChanged: boolean;
}

function holdOf({ option, enough, isCompeting, isPosted, hasChanged }: Standing): Hold | null {
  if (!option.isEnough) return 'weak';
  if (enough > 1) return 'ambiguous';
  if (isCompeting) return 'competing';
  if (isPosted) return 'posted';
  return hasChanged ? 'changed_account' : null;
}

function wishedItems({ items, amounts }: Option): WishedItem[] {
  return items.map(({ entry_id, line_no, remaining }, i) => ({
    entryId: entry_id,
    lineNo: line_no,
    amount: amounts?.[i] ?? remaining,
  }));
}

interface Found {
  item: OpenItem;
  facts: number;
  part: number | null;
}

const has = (fact: number) => (found: Found) => (found.facts & fact) !== 0;

/** The ways to settle a unit, with the best evidence only: an equal amount does not outweigh a reference. */
function optionsOf(unit: MatchUnit, found: Found[], byPartner: ReadonlyMap<number, OpenItem[]>): Option[] {
  if (unit.ore === null && unit.currency_amount === null) return [];
  const ordered = byOrder(unit, found);
  if (ordered) return [ordered];
  const sent = found.filter(has(FACT.endToEnd)).filter((each) => paysExactly(unit, each.item));
  if (sent.length > 0)
    return sent.map(({ item }) => exact(unit, item, [evidence('end_to_end_id', unit.end_to_end_id)], true));
  const kid = found.filter(has(FACT.kid)).map(({ item }) => item);
  if (kid.length > 0) return byKid(unit, kid);
  const named = found.filter(has(FACT.number)).filter(({ item }) => agrees(unit, item));
  const numbered = byNumbers(unit, named);
  if (numbered.length > 0) return numbered;
  const account = found.filter(has(FACT.account)).filter(({ item }) => paysExactly(unit, item));
  if (account.length > 0)
    return account.map(({ item }) => exact(unit, item, [evidence('partner_account', unit.account)], true));
  const sums = bySum(unit, named, byPartner);
  const name = found.filter(has(FACT.name)).filter(({ item }) => paysExactly(unit, item));
  const alike = name.map(({ item }) => exact(unit, item, [evidence('name', unit.name)], false));
  if (alike.length + sums.length > 0) return [...alike, ...sums];
  if (named.length > 0)
    return named.flatMap(({ item }) => other(unit, [item], evidence('document_number', item.document_reference)));
  return found
    .filter(has(FACT.amount))
    .filter(({ item }) => paysExactly(unit, item))
    .map(({ item }) => exact(unit, item, [evidence('amount_date', item.entry_date)], false));
}

/** Our own payments, or a batch of them: the ordered documents are paid, to the approved account. */
function byOrder(unit: MatchUnit, found: readonly Found[]): Option | null {
  if (unit.ore === null) return null;
  const ours = found.filter(({ facts, part }) => part !== null && (facts & (FACT.endToEnd | FACT.batch)) !== 0);
  const amounts = ours.map(({ part }) => BigInt(part!));
  const isOpen = ours.every(({ item }, i) => item.remaining <= amounts[i]! && amounts[i]! < 0n);
  if (ours.length === 0 || !isOpen || amounts.reduce((sum, each) => sum + each, 0n) !== BigInt(unit.ore)) return null;
  const isOne = ours.some(has(FACT.endToEnd));
  const why = isOne ? evidence('end_to_end_id', unit.end_to_end_id) : evidence('payment_batch', unit.payment_id);
  return {
    items: ours.map(({ item }) => item),
    amounts,
    found: [why],
    isEnough: true,
    difference: null,
    isOrdered: true,
  };
}

/** All items of the KID, one of them, or a part: a KID with a different amount is left to a person. */
function byKid(unit: MatchUnit, items: OpenItem[]): Option[] {
  const total = items.reduce((sum, { remaining }) => sum + remaining, 0n);
  if (unit.ore !== null && total === BigInt(unit.ore))
    return [{ items, found: [evidence('kid', unit.kid)], isEnough: true, difference: null }];
  const one = items.filter((item) => paysExactly(unit, item));
  if (one.length > 0) return one.map((item) => exact(unit, item, [evidence('kid', unit.kid)], true));
  return other(unit, items, evidence('kid_other_amount', unit.kid));
}

/** Numbers in the text, with the amount: enough if another fact identifies the partner too. */
function byNumbers(unit: MatchUnit, named: Found[]): Option[] {
  const single = named.filter(({ item }) => paysExactly(unit, item));
  const known = (items: OpenItem[]) => isKnown(unit, items);
  const why = (items: OpenItem[]) => [
    ...items.map((item) => evidence('document_number', item.document_reference)),
    ...(known(items) ? [partnerEvidence(unit)] : []),
  ];
  if (single.length > 0) return single.map(({ item }) => exact(unit, item, why([item]), known([item])));
  if (named.length < 2 || unit.ore === null) return [];
  const items = named.map(({ item }) => item);
  const total = items.reduce((sum, { remaining }) => sum + remaining, 0n);
  if (total !== BigInt(unit.ore)) return [];
  return [
    {
      items,
      found: [evidence('sum_of_items', String(items.length)), ...why(items)],
      isEnough: known(items),
      difference: null,
    },
  ];
}

/** Several items of the partner. A matching sum is left to a person unless the text names every one of them. */
function bySum(unit: MatchUnit, named: Found[], byPartner: ReadonlyMap<number, OpenItem[]>): Option[] {
  const partner = unit.account_partner ?? unit.name_partner;
  if (partner === null || unit.ore === null) return [];
  const items = (byPartner.get(partner) ?? []).filter(({ entry_date }) => entry_date <= unit.booking_date);
  const sum = subsetSum(
    items.map(({ remaining }) => Number(remaining)),
    unit.ore,
  );
  if (!sum) return [];
  const chosen = sum.chosen.map((i) => items[i]!);
  const isNamed = chosen.every((item) => named.some((each) => each.item === item));
  const found = [evidence('sum_of_items', String(chosen.length)), partnerEvidence(unit)];
  return [{ items: chosen, found, isEnough: sum.isUnique && isNamed, difference: null }];
}

/** An amount other than the open one: part of it, oldest first, or all of it and the rest on account. */
function other(unit: MatchUnit, items: OpenItem[], why: Evidence): Option[] {
  if (unit.ore === null) return [];
  const paid = BigInt(unit.ore);
  const same = items
    .filter(({ remaining }) => remaining > 0n === paid > 0n)
    .sort((a, b) => (a.entry_date < b.entry_date ? -1 : 1));
  if (same.length === 0) return [];
  let left = paid;
  const amounts: bigint[] = [];
  for (const { remaining } of same) {
    const amount = (remaining > 0n ? left < remaining : left > remaining) ? left : remaining;
    amounts.push(amount);
    left -= amount;
  }
  const used = same.filter((_, i) => amounts[i] !== 0n);
  const difference = left === 0n ? null : { kind: 'on_account' as const, accountCode: null };
  return [
    { items: used, amounts: amounts.filter((amount) => amount !== 0n), found: [why], isEnough: false, difference },
  ];
}

function paysExactly(unit: MatchUnit, item: OpenItem): boolean {
  if (unit.ore !== null && BigInt(unit.ore) === item.remaining) return true;
  return inCurrency(unit, item);
}

function inCurrency(unit: MatchUnit, item: OpenItem): boolean {
  return (
    unit.currency_code !== null &&
    unit.currency_code === item.currency_code &&
    unit.currency_amount !== null &&
    BigInt(unit.currency_amount) === item.currency_remaining
  );
}

/** The whole item; the effect of the rate is a gain or loss. */
function exact(unit: MatchUnit, item: OpenItem, found: Evidence[], isEnough: boolean): Option {
  const isDifferent = unit.ore === null || BigInt(unit.ore) !== item.remaining;
  return {
    items: [item],
    found: inCurrency(unit, item) ? [...found, evidence('currency_amount', unit.currency_code)] : found,
    isEnough: isEnough && unit.ore !== null,
    difference: isDifferent ? { kind: 'currency', accountCode: null } : null,
  };
}

/** No fact points to another partner. */
function agrees({ account_partner, name_partner }: MatchUnit, { business_partner_id }: OpenItem): boolean {
  const partner = account_partner ?? name_partner;
  return partner === null || partner === business_partner_id;
}

function isKnown({ account_partner, name_partner }: MatchUnit, items: readonly OpenItem[]): boolean {
  const partner = account_partner ?? name_partner;
  return partner !== null && items.every(({ business_partner_id }) => business_partner_id === partner);
}

function partnerEvidence(unit: MatchUnit): Evidence {
  return unit.account_partner === null ? evidence('name', unit.name) : evidence('partner_account', unit.account);
}

/** Money to a supplier goes to an account that the supplier did not have: a sign of fraud, left to a person. */
function accountChanged(unit: MatchUnit, items: readonly OpenItem[], { accountsOf }: ItemContext): boolean {
  if (unit.amount > 0 || !unit.account) return false;
  return items.some(({ side, business_partner_id }) => {
    const known = business_partner_id === null ? undefined : accountsOf.get(business_partner_id);
    return side === 'supplier' && known !== undefined && !known.has(unit.account!);
  });
}
