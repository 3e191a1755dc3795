import type { LocalDate } from '../../kernel/local-date.ts';
import { divideRounded, formatAmount, formatScaled, type Ore, parseScaled } from '../../kernel/money.ts';
import { trimZeros } from '../../kernel/trim.ts';
import type { EntryInput, LineInput } from '../../ledger/index.ts';
import type { PlannedPart } from './match-part.ts';
import type { MatchPlan, Slice } from './match-plan.ts';

/** An entry of a match, and what its first lines are: their numbers are their places, since VAT comes after them. */
export interface MatchEntry {
  input: EntryInput;
  date: LocalDate;
  bankLines: { part: number; amount: Ore; lineNo: number }[];
  itemLines: { slice: Slice; lineNo: number }[];
}

export const SERIES = 'BANK';

/** One entry for each day: bank lines, the items they settle, then what is posted. Reverse-charge codes are net. */
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
  const lines: LineInput[] = [];
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
        account_code: posting.accountCode,
        ...side(-posting.amount),
        ...(posting.taxCode
          ? { tax_code: posting.taxCode, amount_basis: netCodes.has(posting.taxCode) ? 'net' : 'gross' }
          : {}),
        ...(posting.businessPartnerId ? { business_partner_id: posting.businessPartnerId } : {}),
        ...(posting.dimensions.length > 0 ? { dimensions: posting.dimensions } : {}),
        memo: posting.memo ?? plan.parts[part]!.counterpartyName?.slice(0, 500) ?? null,
      });
  const first = plan.parts[parts[0]!]!;
  const documents = new Set(slices.flatMap(({ item }) => item?.document_reference ?? []));
  return {
    date,
    bankLines,
    itemLines,
    input: {
      entry_date: date,
      series: SERIES,
      memo: plan.wish.memo ?? memoOf(plan, first),
      relation_type: 'bank_transaction',
      relation_id: first.transaction.id,
      ...(documents.size === 1 ? { document_reference: [...documents][0]!.slice(0, 70) } : {}),
      lines,
    },
  };
}

function memoOf({ wish }: MatchPlan, { ore, counterpartyName }: PlannedPart): string {
  const what = wish.transfer ? 'Overføring mellom egne konti' : ore > 0n ? 'Innbetaling' : 'Utbetaling';
  return `${what}${counterpartyName && !wish.transfer ? ` ${counterpartyName}` : ''}`.slice(0, 500);
}

function bankLine(part: PlannedPart, amount: Ore): LineInput {
  const { transaction } = part;
  return {
    account_code: transaction.account_code,
    ...side(amount),
    dimensions: [{ type: 'bank_account', id: transaction.bank_account_id }],
    ...(part.rate === null
      ? {}
      : {
          currency_code: transaction.account_currency,
          currency_amount: formatAmount(abs(part.amount)),
          exchange_rate: part.rate,
        }),
    ...(transaction.structured_reference ? { payment_reference: transaction.structured_reference.slice(0, 35) } : {}),
    memo: part.counterpartyName?.slice(0, 500) ?? null,
  };
}

/** What the ledger line is in the account's currency. */
function currencyAmount(part: PlannedPart, amount: Ore): Ore {
  return part.rate === null ? amount : part.amount;
}

function itemLine({ item, amount }: Slice): LineInput {
  const { currency_code, currency_remaining, exchange_rate } = item!;
  return {
    account_code: item!.account_code,
    ...side(-amount),
    ...(item!.business_partner_id ? { business_partner_id: item!.business_partner_id } : {}),
    ...(currency_code && currency_remaining !== null && item!.remaining !== 0n
      ? {
          currency_code,
          currency_amount: formatAmount(abs(divideSigned(currency_remaining * amount, item!.remaining))),
          exchange_rate: rateText(exchange_rate!),
        }
      : {}),
    ...(item!.payment_reference ? { payment_reference: item!.payment_reference } : {}),
    ...(item!.document_reference ? { document_reference: item!.document_reference.slice(0, 70) } : {}),
  };
}

function rateText(rate: string): string {
  return trimZeros(formatScaled(parseScaled(rate, 18)!, 18));
}

function divideSigned(numerator: bigint, denominator: bigint): bigint {
  return denominator < 0n ? divideRounded(-numerator, -denominator) : divideRounded(numerator, denominator);
}

function side(amount: Ore): Pick<LineInput, 'debit' | 'credit'> {
  return amount >= 0n ? { debit: formatAmount(amount) } : { credit: formatAmount(-amount) };
}

function abs(amount: Ore): Ore {
  return amount < 0n ? -amount : amount;
}
