import { isKid } from '../../kernel/kid.ts';
import { formatAmount, type Ore, parseAmount, parseScaled } from '../../kernel/money.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import {
  DateText,
  Id,
  LARGEST_INT4,
  MoneyInput,
  nullable,
  type Static,
  strict,
  Type,
} from '../../platform/http/schema.ts';
import { VAT_ROUNDINGS, type VatRounding } from './document-amounts.ts';
import { checkInvoiceFields, InvoiceFields, type InvoiceFieldsInput } from './invoice-fields.ts';
import { type CheckedGoods, checkGoods, GoodsFields } from './line-goods.ts';
import { DOCUMENT_TYPE_CODES, DOCUMENT_TYPES, type DocumentType, isReceivable } from './document.ts';

const Text = (max: number) => nullable(Type.String({ maxLength: max }));

export const LineInput = strict({
  account_code: Type.String({ minLength: 1, maxLength: 70 }),
  description: Type.Optional(Text(500)),
  amount: Type.Optional(
    nullable({
      ...MoneyInput,
      description: 'Without VAT, in the document’s currency; follows from quantity and unit_price where they are given',
    }),
  ),
  ...GoodsFields,
  tax_code: Type.Optional(Text(70)),
  dimensions: Type.Optional(
    Type.Array(strict({ type: Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$' }), id: Id }), { maxItems: 20 }),
  ),
});

export const PaymentLineInput = strict({
  due_date: DateText,
  amount: MoneyInput,
  bank_account_id: Type.Optional(nullable(Id)),
  payment_reference: Type.Optional(Text(35)),
  message: Type.Optional(Text(140)),
});

export const DocumentFields = {
  document_number: Type.Optional(Text(70)),
  due_date: Type.Optional(nullable(DateText)),
  business_partner_id: Type.Optional(nullable(Id)),
  payor_id: Type.Optional(nullable(Id)),
  collector_id: Type.Optional(nullable(Id)),
  voucher_id: Type.Optional(nullable(Id)),
  payment_reference: Type.Optional(Text(35)),
  memo: Type.Optional(Text(500)),
  payment_lines: Type.Optional(Type.Array(PaymentLineInput, { maxItems: 100 })),
  ...InvoiceFields,
};

/** Fields that determine the posting: they cannot change afterwards. */
export const PostedFields = {
  document_date: DateText,
  currency_code: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  exchange_rate: Type.Optional(
    nullable(Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,18})?$', description: 'Kroner for one unit' })),
  ),
  gross_amount: Type.Optional(nullable(MoneyInput)),
  vat_rounding: Type.Optional(
    Type.Enum([...VAT_ROUNDINGS], {
      description:
        'VAT rounded on each line, or once on the total of each rate as in EHF invoices (EN 16931, BR-CO-17). Not given: line, unless gross_amount is what total gives',
    }),
  ),
  lines: Type.Optional(Type.Array(LineInput, { maxItems: 1000 })),
};

export const NewDocument = strict({
  client_account_id: Id,
  document_type: Type.Enum(DOCUMENT_TYPE_CODES),
  document_status: Type.Optional(
    Type.Enum(['DRAFT', 'POSTED'], { description: 'POSTED if it can be, unless DRAFT is asked for' }),
  ),
  ...DocumentFields,
  ...PostedFields,
  journal_entry_id: Type.Optional(nullable(Id)),
  journal_entry_line_number: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: LARGEST_INT4 }))),
  credits_document_id: Type.Optional(nullable(Id)),
});
export type NewDocument = Static<typeof NewDocument>;
export type Values = Omit<NewDocument, 'client_account_id'>;

export interface CheckedLine {
  accountCode: string;
  description: string | null;
  amount: Ore;
  taxCode: string | null;
  dimensions: { type: string; id: number }[];
  goods: CheckedGoods;
}

export interface CheckedPaymentLine {
  dueDate: string;
  amount: Ore;
  bankAccountId: number | null;
  reference: string | null;
  message: string | null;
}

export interface CheckedDocument {
  lines: CheckedLine[];
  paymentLines: CheckedPaymentLine[];
  gross: Ore | null;
  net: Ore;
  /** Null: not given. */
  rounding: VatRounding | null;
  /** Kroner for one unit, as an integer of 10^-18; null for a document in kroner. */
  rate: bigint | null;
}

type Checkable = Pick<
  NewDocument,
  | 'lines'
  | 'payment_lines'
  | 'gross_amount'
  | 'vat_rounding'
  | 'currency_code'
  | 'exchange_rate'
  | 'payment_reference'
  | 'due_date'
> &
  InvoiceFieldsInput & {
    document_date: string;
    document_type: DocumentType;
  };

/** All checks that do not need the books; reports every fault at once. */
export function checkDocument(input: Checkable): CheckedDocument {
  const problems: FieldProblem[] = [];
  const amountOf = (value: string | number | null | undefined, path: string, allow: (amount: Ore) => boolean): Ore => {
    const amount = value == null ? null : parseAmount(value);
    if (amount !== null && allow(amount)) return amount;
    problems.push(
      problem(
        path,
        'must be an amount with at most two decimals, in range',
        'må være et gyldig beløp med høyst to desimaler',
      ),
    );
    return 0n;
  };
  const lines = (input.lines ?? []).map((line, i) => {
    const at = `lines[${i}].`;
    const goods = checkGoods(line, at, problems);
    const isPriced = line.quantity != null || line.unit_price != null;
    const given =
      line.amount == null && isPriced ? goods.amount : amountOf(line.amount, `${at}amount`, (amount) => amount !== 0n);
    if (given !== null && goods.amount !== null && given !== goods.amount)
      problems.push(
        problem(
          `${at}amount`,
          `must be ${formatAmount(goods.amount)}: quantity × unit_price − discount + charge`,
          `må være ${formatAmount(goods.amount)}: quantity × unit_price − rabatt + tillegg`,
        ),
      );
    return {
      accountCode: line.account_code,
      description: line.description ?? null,
      amount: given ?? 0n,
      taxCode: line.tax_code ?? null,
      dimensions: line.dimensions ?? [],
      goods,
    };
  });
  const paymentLines = (input.payment_lines ?? []).map((line, i) => ({
    dueDate: line.due_date,
    amount: amountOf(line.amount, `payment_lines[${i}].amount`, (amount) => amount > 0n),
    bankAccountId: line.bank_account_id ?? null,
    reference: line.payment_reference ?? null,
    message: line.message ?? null,
  }));
  const gross =
    input.gross_amount == null ? null : amountOf(input.gross_amount, 'gross_amount', (amount) => amount > 0n);
  const net = lines.reduce((sum, { amount }) => sum + amount, 0n);
  if (lines.length > 0 && net <= 0n)
    problems.push(
      problem(
        'lines',
        'must add up to more than nothing; a credit note has its own type',
        'må summere til mer enn null; en kreditnota har egen type',
      ),
    );
  const isForeign = (input.currency_code ?? 'NOK') !== 'NOK';
  if (isForeign && input.exchange_rate == null && DOCUMENT_TYPES[input.document_type] !== 0)
    problems.push(problem('exchange_rate', 'is required for a foreign currency', 'må oppgis for utenlandsk valuta'));
  if (input.due_date != null && input.due_date < input.document_date)
    problems.push(problem('due_date', 'must not be before document_date', 'kan ikke være før document_date'));
  problems.push(...checkInvoiceFields(input));
  const kid = input.payment_reference;
  if (kid != null && isReceivable(input.document_type) && /^[\d-]+$/.test(kid) && !isKid(kid))
    problems.push(
      problem(
        'payment_reference',
        'is no valid KID: its check digit is wrong',
        'er ikke en gyldig KID: kontrollsifferet er feil',
      ),
    );
  if (problems.length > 0) throw invalid(problems);
  const rate = isForeign && input.exchange_rate != null ? parseScaled(input.exchange_rate, 18) : null;
  // A sales invoice with quantities and prices is sent as EHF, which rounds VAT on the total of each rate.
  const isInvoice = isReceivable(input.document_type) && lines.some(({ goods }) => goods.quantity !== null);
  const rounding = input.vat_rounding ?? (isInvoice && gross === null ? 'total' : null);
  return { lines, paymentLines, gross, net, rounding, rate };
}
