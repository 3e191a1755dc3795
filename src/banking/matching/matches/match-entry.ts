import type { LocalDate } from '../../../kernel/local-date.ts';
import { assert } from '../../../kernel/assert.ts';
import { divideRounded, type Ore, parseScaled } from '../../../kernel/money.ts';
import {
  type CurrencyAmount,
  currencyOfOre,
  type NewEntry,
  type NewLine,
  RATE_DECIMALS,
} from '../../../ledger/index.ts';
import type { PlannedPart } from './match-part.ts';
import type { OpenItem } from '../items/open-items.ts';
import type { MatchPlan, Slice } from './match-plan.ts';

/** An entry of a match, and the roles of its first lines: their numbers are their positions, because VAT lines come last. */
export interface MatchEntry {
  entry: NewEntry;
  date: LocalDate;
  bankLines: { part: number; amount: Ore; lineNo: number }[];
  itemLines: { slice: Slice; lineNo: number }[];
}

export const SERIES = 'BANK';

/** One entry for each day: bank lines, the items they settle, then the posted lines. Reverse-charge codes are net. */
export function matchEntries(plan: MatchPlan, netCodes: ReadonlySet<string>): MatchEntry[] {
  const dates = [...new Set(plan.parts.map((_, part) => plan.entryDate(part)))];
  return plan.wish.transfer
    ? plan.parts.map((_, part) => entryOf(plan, plan.entryDate(part), [part], netCodes))
    : dates.flatMap((date) => {
        const parts = plan.parts.flatMap((_, part) =>
          plan.entryDate(part) === date && plan.posted[part] !== null ? [part] : [],
        );
        return parts.length === 0 ? [] : [entryOf(plan, date, parts, netCodes)];
      });
}

function entryOf(plan: MatchPlan, date: LocalDate, parts: number[], netCodes: ReadonlySet<string>): MatchEntry {
  const lines: NewLine[] = [];
  const bankLines = parts.map((part) => {
    const amount = plan.posted[part]!;
    lines.push(bankLine(plan.parts[part]!, amount));
    return { part, amount: currencyAmount(plan.parts[part]!, amount), lineNo: lines.length };
  });
  const slices = plan.slices.filter(({ part }) => parts.includes(part));
  const itemLines = slices.flatMap((slice) => {
    if (!slice.item) return [];
    lines.push(itemLine(slice));
    return [{ slice, lineNo: lines.length }];
  });
  for (const { posting, part } of slices)
    if (posting)
      lines.push({
        account: posting.accountCode,
        amount: -posting.amount,
        taxCode: posting.taxCode,
        amountBasis: posting.taxCode && !netCodes.has(posting.taxCode) ? 'gross' : 'net',
        businessPartnerId: posting.businessPartnerId,
        dimensions: posting.dimensions,
        memo: posting.memo ?? plan.parts[part]!.counterpartyName?.slice(0, 500) ?? null,
      });
  const first = plan.parts[parts[0]!]!;
  const documents = new Set(slices.flatMap(({ item }) => item?.document_reference ?? []));
  return {
    date,
    bankLines,
    itemLines,
    entry: {
      entryDate: date,
      series: SERIES,
      memo: plan.wish.memo ?? memoOf(plan, first),
      relationType: 'bank_transaction',
      relationId: first.transaction.id,
      ...(documents.size === 1 ? { documentReference: [...documents][0]!.slice(0, 70) } : {}),
      lines,
    },
  };
}

function memoOf({ wish }: MatchPlan, { ore, counterpartyName }: PlannedPart): string {
  const what = wish.transfer ? 'Overføring mellom egne konti' : ore > 0n ? 'Innbetaling' : 'Utbetaling';
  return `${what}${counterpartyName && !wish.transfer ? ` ${counterpartyName}` : ''}`.slice(0, 500);
}

function bankLine(part: PlannedPart, amount: Ore): NewLine {
  const { transaction } = part;
  return {
    account: transaction.account_code,
    amount,
    dimensions: [{ type: 'bank_account', id: transaction.bank_account_id }],
    currency: part.rate === null ? null : currencyOfOre(transaction.account_currency, part.amount, rateOf(part.rate)),
    paymentReference: transaction.structured_reference?.slice(0, 35) ?? null,
    memo: part.counterpartyName?.slice(0, 500) ?? null,
  };
}

/** The ledger line's amount in the account's currency. */
function currencyAmount(part: PlannedPart, amount: Ore): Ore {
  return part.rate === null ? amount : part.amount;
}

function itemLine({ item, amount }: Slice): NewLine {
  return {
    account: item!.account_code,
    amount: -amount,
    businessPartnerId: item!.business_partner_id,
    currency: itemCurrency(item!, amount),
    paymentReference: item!.payment_reference,
    documentReference: item!.document_reference?.slice(0, 70) ?? null,
  };
}

/** The part of the item's currency that the amount in kroner settles. */
function itemCurrency(
  { currency_code, currency_remaining, exchange_rate, remaining }: OpenItem,
  amount: Ore,
): CurrencyAmount | null {
  if (!currency_code || currency_remaining === null || remaining === 0n) return null;
  return currencyOfOre(currency_code, divideSigned(currency_remaining * amount, remaining), rateOf(exchange_rate!));
}

/** A rate from the database or a request, with at most 18 decimals in both cases. */
function rateOf(text: string): bigint {
  const rate = parseScaled(text, RATE_DECIMALS);
  assert(rate !== null, `not a rate: ${text}`);
  return rate;
}

function divideSigned(numerator: bigint, denominator: bigint): bigint {
  return denominator < 0n ? divideRounded(-numerator, -denominator) : divideRounded(numerator, denominator);
}
