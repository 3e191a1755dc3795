import {
  DateText,
  Id,
  MoneyInput,
  nullable,
  strict,
  type Static,
  Type,
  MultiLineText,
} from '../../platform/http/schema.ts';

const Text = (max: number) => nullable(Type.String({ maxLength: max }));

export const DimensionInput = strict(
  { type: Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$' }), id: Id },
  { title: 'DimensionInput' },
);

/**
 * One line as a person writes it. Exactly one of debit and credit; the account by code or by id. A line with a VAT code
 * is a base line: its amount is net (`amount_basis` "net", the default) or includes the VAT ("gross").
 */
export const LineInput = strict({
  account_code: Type.Optional(Type.String({ minLength: 1, maxLength: 70 })),
  account_id: Type.Optional(Id),
  debit: Type.Optional(nullable(MoneyInput)),
  credit: Type.Optional(nullable(MoneyInput)),
  tax_code: Type.Optional(Text(70)),
  amount_basis: Type.Optional(Type.Enum(['net', 'gross'])),
  /** For entries with `vat` "given": the number (from 1) of the line that this VAT line belongs to. */
  base_line_number: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 10_000 }))),
  dimensions: Type.Optional(Type.Array(DimensionInput, { maxItems: 20 })),
  business_partner_id: Type.Optional(nullable(Id)),
  currency_code: Type.Optional(nullable(Type.String({ pattern: '^[A-Z]{3}$' }))),
  currency_amount: Type.Optional(nullable(MoneyInput)),
  exchange_rate: Type.Optional(nullable(MoneyInput)),
  due_date: Type.Optional(nullable(DateText)),
  payment_reference: Type.Optional(Text(35)),
  document_reference: Type.Optional(Text(70)),
  memo: Type.Optional(nullable(MultiLineText({ maxLength: 500 }))),
});
export type LineInput = Static<typeof LineInput>;

export const EntryFields = {
  entry_date: DateText,
  memo: Type.Optional(MultiLineText({ maxLength: 500 })),
  series: Type.Optional(
    Type.String({ pattern: '^[A-Z0-9][A-Z0-9_-]{0,17}$', description: 'Number series, GL if not given' }),
  ),
  voucher_id: Type.Optional(nullable(Id)),
  relation_type: Type.Optional(Text(50)),
  relation_id: Type.Optional(nullable(Id)),
  document_reference: Type.Optional(Text(70)),
  vat_term: Type.Optional(
    nullable({ ...DateText, description: 'Late entry: a day of the earlier VAT term that its VAT belongs to' }),
  ),
  vat: Type.Optional(
    Type.Enum(['computed', 'given'], {
      description: 'computed: VAT lines are added; given: the lines hold them, tied by base_line_number',
    }),
  ),
  lines: Type.Array(LineInput, { minItems: 1, maxItems: 10_000 }),
};
export const EntryInput = strict(EntryFields);
export type EntryInput = Static<typeof EntryInput>;

/** A draft may lack any field. */
export const DraftFields = {
  ...EntryFields,
  entry_date: Type.Optional(DateText),
  lines: Type.Optional(Type.Array(LineInput, { maxItems: 10_000 })),
};
export const DraftInput = strict(DraftFields);
export type DraftInput = Static<typeof DraftInput>;

const DRAFT_FIELDS = Object.keys(DraftFields) as (keyof DraftInput)[];

/** A draft with the fields of `changes`; fields that a draft does not have are dropped. */
export function changedDraft(draft: DraftInput, changes: DraftInput): DraftInput {
  const values = DRAFT_FIELDS.map((name) => [name, changes[name] === undefined ? draft[name] : changes[name]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
