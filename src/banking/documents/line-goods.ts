import { formatDecimal, lineAmount, parseDecimal, UNIT_CODES } from '../../ehf/index.ts';
import { MAX_AMOUNT, type Ore, parseAmount } from '../../kernel/money.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { MoneyInput, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';

const DecimalInput = Type.Union([Type.String({ maxLength: 40 }), Type.Number()], {
  description: 'At most twelve digits before the point and eight behind it',
});
const Text = (max: number) => nullable(Type.String({ maxLength: max }));

/** The goods of a line: its amount follows from quantity and price. */
export const GoodsFields = {
  quantity: Type.Optional(nullable(DecimalInput)),
  unit_code: Type.Optional(
    nullable(Type.String({ maxLength: 3, description: 'UN/ECE recommendation 20: EA, HUR, KGM …; EA if not given' })),
  ),
  unit_price: Type.Optional(nullable(DecimalInput)),
  discount_amount: Type.Optional(nullable(MoneyInput)),
  discount_reason: Type.Optional(Text(100)),
  charge_amount: Type.Optional(nullable(MoneyInput)),
  charge_reason: Type.Optional(Text(100)),
  item_code: Type.Optional(Text(70)),
};
const Goods = strict(GoodsFields);
export type GoodsInput = Static<typeof Goods>;

const NText = nullable(Type.String());
export const GOODS_VIEW = {
  quantity: NText,
  unit_code: NText,
  unit_price: NText,
  discount_amount: NText,
  discount_reason: NText,
  charge_amount: NText,
  charge_reason: NText,
  item_code: NText,
};

/** As stored; quantity and price as exact decimals. */
export interface CheckedGoods {
  quantity: string | null;
  unit_code: string | null;
  unit_price: string | null;
  discount_amount: Ore | null;
  discount_reason: string | null;
  charge_amount: Ore | null;
  charge_reason: string | null;
  item_code: string | null;
  /** Quantity × price; null if the line has none. */
  amount: Ore | null;
}

const LARGEST = 10n ** 12n;
const DECIMALS = 8;

/** Reads the goods of a line; adds faults with their path to `problems`. */
export function checkGoods(input: GoodsInput, at: string, problems: FieldProblem[]): CheckedGoods {
  const decimal = (name: 'quantity' | 'unit_price', allowsNegative: boolean) => {
    const written = input[name];
    if (written == null) return null;
    const value = parseDecimal(String(written).trim());
    const isFine =
      value !== null &&
      value.scale <= DECIMALS &&
      (value.value >= 0n || allowsNegative) &&
      absolute(value.value) < LARGEST * 10n ** BigInt(value.scale);
    if (isFine) return value;
    problems.push(
      problem(
        `${at}${name}`,
        `must be a decimal number${allowsNegative ? '' : ', not negative'}, with at most eight decimals, in range`,
        `må være et desimaltall${allowsNegative ? '' : ' som ikke er negativt'}, med høyst åtte desimaler`,
      ),
    );
    return null;
  };
  const positive = (name: 'discount_amount' | 'charge_amount') => {
    const written = input[name];
    if (written == null) return null;
    const amount = parseAmount(written);
    if (amount !== null && amount >= 0n) return amount === 0n ? null : amount;
    problems.push(problem(`${at}${name}`, 'must be an amount, not negative', 'må være et beløp som ikke er negativt'));
    return null;
  };
  const quantity = decimal('quantity', true);
  const price = decimal('unit_price', false);
  const discount = positive('discount_amount');
  const charge = positive('charge_amount');
  const isPriced = input.quantity != null && input.unit_price != null;
  if ((input.quantity == null) !== (input.unit_price == null))
    problems.push(
      problem(
        `${at}${input.quantity == null ? 'quantity' : 'unit_price'}`,
        'is required: quantity and unit_price go together',
        'må oppgis: quantity og unit_price hører sammen',
      ),
    );
  else if (!isPriced && (discount ?? charge) !== null)
    problems.push(
      problem(`${at}quantity`, 'is required for a discount or charge', 'må oppgis for rabatt eller tillegg'),
    );
  const unit = isPriced ? (input.unit_code ?? 'EA') : null;
  if (unit !== null && !UNIT_CODES.has(unit))
    problems.push(
      problem(
        `${at}unit_code`,
        `unknown unit "${unit}" (UN/ECE recommendation 20)`,
        `ukjent enhet «${unit}» (UN/ECE rekommandasjon 20)`,
      ),
    );
  const allowance = (isCharge: boolean, amount: Ore | null) =>
    amount === null ? [] : [{ isCharge, amount, reason: null, reasonCode: null, percent: null, base: null }];
  const allowances = [...allowance(false, discount), ...allowance(true, charge)];
  const isRead = quantity !== null && price !== null;
  const amount = isRead ? lineAmount({ quantity, price, baseQuantity: null, allowances }) : null;
  if (amount !== null && absolute(amount) > MAX_AMOUNT)
    problems.push(problem(`${at}unit_price`, 'comes to an amount out of range', 'gir et beløp utenfor grensene'));
  return {
    quantity: quantity && formatDecimal(quantity),
    unit_code: unit,
    unit_price: price && formatDecimal(price),
    discount_amount: discount,
    discount_reason: discount === null ? null : (input.discount_reason ?? null),
    charge_amount: charge,
    charge_reason: charge === null ? null : (input.charge_reason ?? null),
    item_code: input.item_code ?? null,
    amount,
  };
}

const absolute = (value: bigint) => (value < 0n ? -value : value);
