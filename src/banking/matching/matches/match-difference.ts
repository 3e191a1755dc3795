import { absolute, formatAmount, type Ore } from '../../../kernel/money.ts';
import { matchingErrors } from '../errors.ts';
import type { PlannedPart, Target } from './match-part.ts';
import type { DifferenceKind, MatchWish } from './match-wish.ts';
import type { MatchingSettings } from '../matching-accounts.ts';

interface DifferenceContext {
  items: readonly Target[];
  parts: readonly PlannedPart[];
  settings: MatchingSettings;
}

/**
 * The line for the amount that the bank paid more (positive: incoming) or less than the chosen items. Throws 400 if no such
 * line is allowed.
 */
export function differenceTarget(wish: MatchWish, difference: Ore, context: DifferenceContext): Target {
  const { kind, accountCode } = wish.difference!;
  const first = context.items[0]?.item ?? null;
  const refuse = (reason_en: string, reason_nb: string) =>
    matchingErrors.difference_not_allowed({ difference: formatAmount(difference), kind, reason_en, reason_nb });
  const { settings } = context;
  const customer = first?.side !== 'supplier';
  if (kind === 'rounding' && absolute(difference) > settings.roundingTolerance) {
    const limit = formatAmount(settings.roundingTolerance);
    throw refuse(`a rounding is at most ${limit}`, `en avrunding er høyst ${limit}`);
  }
  if (kind === 'currency' && !isForeign(context))
    throw refuse('nothing of it is in a foreign currency', 'ingenting av det er i utenlandsk valuta');
  if (kind === 'fee' && difference > 0n) throw refuse('a fee takes money away', 'et gebyr trekker fra');
  if (kind === 'discount' && customer === difference > 0n)
    throw refuse('a discount makes the payment smaller', 'en rabatt gjør betalingen mindre');
  if (kind === 'interest' && customer !== difference > 0n)
    throw refuse('interest makes the payment larger', 'renter gjør betalingen større');
  if (kind === 'on_account' && !first)
    throw refuse('there is no item to tell whose it is', 'ingen post viser hvem sin den er');
  const account = kind === 'on_account' ? first!.account_code : accountOf(kind, difference, customer, settings);
  const isOnAccount = kind === 'on_account';
  return {
    amount: difference,
    item: null,
    remaining: 0n,
    posting: {
      accountCode: accountCode ?? account,
      amount: difference,
      taxCode: null,
      businessPartnerId: isOnAccount ? first!.business_partner_id : null,
      dimensions: [],
      memo: null,
    },
  };
}

function accountOf(
  kind: Exclude<DifferenceKind, 'on_account'>,
  difference: Ore,
  customer: boolean,
  { accounts }: MatchingSettings,
): string {
  switch (kind) {
    case 'currency':
      return difference > 0n ? accounts.currency_gain : accounts.currency_loss;
    case 'discount':
      return customer ? accounts.discount_given : accounts.discount_received;
    case 'interest':
      return customer ? accounts.interest_received : accounts.interest_paid;
    default:
      return accounts[kind];
  }
}

function isForeign({ items, parts }: DifferenceContext): boolean {
  return (
    items.some(({ item }) => item?.currency_code != null) ||
    parts.some(
      ({ transaction }) =>
        transaction.account_currency !== 'NOK' || (transaction.instructed_currency_code ?? 'NOK') !== 'NOK',
    )
  );
}
