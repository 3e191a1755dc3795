import { formatAmount, ore, parseAmount, type Ore } from '../../../kernel/money.ts';
import { type FieldProblem, problem } from '../../../platform/errors.ts';
import {
  DateText,
  Id,
  MoneyInput,
  nullable,
  type Static,
  strict,
  Type,
  MultiLineText,
} from '../../../platform/http/schema.ts';
import { EvidenceView } from './evidence.ts';
import { DIFFERENCE_KINDS, EMPTY_WISH, type MatchWish } from '../matches/match-wish.ts';
import { HOLDS, type Proposal } from './proposal.ts';

const LineNumber = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const Dimension = strict({ type: Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$' }), id: Id });
const Difference = nullable(
  strict({
    kind: Type.Enum([...DIFFERENCE_KINDS]),
    account_code: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 70 }))),
  }),
);

/** The request to match bank transactions; a proposal has this shape, so that it can be sent back unchanged. */
export const MatchInput = strict({
  transactions: Type.Array(
    strict({
      bank_transaction_id: Id,
      detail_id: Type.Optional(nullable(Id)),
      amount: Type.Optional(
        nullable({ ...MoneyInput, description: 'In the account’s currency, signed; all that is open if not given' }),
      ),
    }),
    { minItems: 1, maxItems: 200 },
  ),
  items: Type.Optional(
    Type.Array(
      strict({
        journal_entry_id: Id,
        line_number: LineNumber,
        amount: Type.Optional(
          nullable({
            ...MoneyInput,
            description: 'In kroner with the sign of the line (debit positive); all that is open if not given',
          }),
        ),
      }),
      { maxItems: 200 },
    ),
  ),
  lines: Type.Optional(Type.Array(strict({ journal_entry_id: Id, line_number: LineNumber }), { maxItems: 200 })),
  postings: Type.Optional(
    Type.Array(
      strict({
        account_code: Type.String({ minLength: 1, maxLength: 70 }),
        amount: { ...MoneyInput, description: 'In kroner with VAT, signed as on the bank: negative was paid' },
        tax_code: Type.Optional(nullable(Type.String({ maxLength: 70 }))),
        business_partner_id: Type.Optional(nullable(Id)),
        dimensions: Type.Optional(Type.Array(Dimension, { maxItems: 20 })),
        memo: Type.Optional(nullable(MultiLineText({ maxLength: 500 }))),
      }),
      { maxItems: 200 },
    ),
  ),
  difference: Type.Optional(Difference),
  transfer: Type.Optional(Type.Boolean()),
  external: Type.Optional(Type.Boolean({ description: 'Settled outside these books, such as before they began' })),
  exchange_rate: Type.Optional(nullable(Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,18})?$' }))),
  entry_date: Type.Optional(nullable({ ...DateText, description: 'Where the bank’s booking date is locked' })),
  memo: Type.Optional(nullable(MultiLineText({ maxLength: 500 }))),
  rule_id: Type.Optional(nullable(Id)),
  evidence: Type.Optional(Type.Array(EvidenceView, { maxItems: 50 })),
  score: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
});
export type MatchInput = Static<typeof MatchInput>;

export const ProposalView = strict({
  ...MatchInput.properties,
  /** The facts of each transaction, for the reader. */
  transactions: Type.Array(
    strict({
      bank_transaction_id: Id,
      detail_id: nullable(Id),
      bank_account_id: Id,
      booking_date: DateText,
      amount: Type.String(),
      name: nullable(Type.String()),
      text: Type.String(),
    }),
  ),
  is_automatic: Type.Boolean({ description: 'Enough to be carried out without asking' }),
  hold: nullable(Type.Enum([...HOLDS], { description: 'Why it waits for a person' })),
});
export type ProposalView = Static<typeof ProposalView>;

export function proposalView({ units, wish, hold }: Proposal): ProposalView {
  return {
    transactions: units.map((unit) => ({
      bank_transaction_id: unit.transaction_id,
      detail_id: unit.detail_id,
      bank_account_id: unit.bank_account_id,
      booking_date: unit.booking_date,
      amount: formatAmount(ore(unit.amount)),
      name: unit.name,
      text: unit.text,
    })),
    items: wish.items.map(({ entryId, lineNo, amount }) => ({
      journal_entry_id: entryId,
      line_number: lineNo,
      amount: amount === null ? null : formatAmount(amount),
    })),
    lines: wish.lines.map(({ entryId, lineNo }) => ({ journal_entry_id: entryId, line_number: lineNo })),
    postings: wish.postings.map((each) => ({
      account_code: each.accountCode,
      amount: formatAmount(each.amount),
      tax_code: each.taxCode,
      business_partner_id: each.businessPartnerId,
      dimensions: each.dimensions,
      memo: each.memo,
    })),
    difference: wish.difference && { kind: wish.difference.kind, account_code: wish.difference.accountCode },
    transfer: wish.transfer,
    rule_id: wish.ruleId,
    evidence: wish.evidence,
    score: wish.score,
    is_automatic: hold === null,
    hold,
  };
}

/** Reads one of several matches of a request; `path` is its position. */
export function readWish(input: MatchInput, path: string, problems: FieldProblem[]): MatchWish {
  const amountOf = (value: string | number | null | undefined, at: string): Ore | null => {
    if (value == null) return null;
    const amount = parseAmount(value);
    if (amount !== null && amount !== 0n) return amount;
    problems.push(
      problem(
        `${path}.${at}`,
        'must be an amount with at most two decimals, not zero',
        'må være et beløp med høyst to desimaler, ikke null',
      ),
    );
    return null;
  };
  const distinct = (keys: string[], at: string) => {
    if (new Set(keys).size !== keys.length)
      problems.push(problem(`${path}.${at}`, 'must not name the same one twice', 'kan ikke nevne det samme to ganger'));
  };
  distinct(
    input.transactions.map((each) => `${each.bank_transaction_id}/${each.detail_id ?? ''}`),
    'transactions',
  );
  distinct(
    (input.items ?? []).map((each) => `${each.journal_entry_id}/${each.line_number}`),
    'items',
  );
  distinct(
    (input.lines ?? []).map((each) => `${each.journal_entry_id}/${each.line_number}`),
    'lines',
  );
  return {
    ...EMPTY_WISH,
    transactions: input.transactions.map((each, i) => ({
      transactionId: each.bank_transaction_id,
      detailId: each.detail_id ?? null,
      amount: amountOf(each.amount, `transactions[${i}].amount`),
    })),
    items: (input.items ?? []).map((each, i) => ({
      entryId: each.journal_entry_id,
      lineNo: each.line_number,
      amount: amountOf(each.amount, `items[${i}].amount`),
    })),
    lines: (input.lines ?? []).map((each) => ({ entryId: each.journal_entry_id, lineNo: each.line_number })),
    postings: (input.postings ?? []).map((each, i) => ({
      accountCode: each.account_code,
      amount: amountOf(each.amount, `postings[${i}].amount`) ?? 0n,
      taxCode: each.tax_code ?? null,
      businessPartnerId: each.business_partner_id ?? null,
      dimensions: each.dimensions ?? [],
      memo: each.memo ?? null,
    })),
    difference: input.difference
      ? { kind: input.difference.kind, accountCode: input.difference.account_code ?? null }
      : null,
    transfer: input.transfer ?? false,
    external: input.external ?? false,
    exchangeRate: input.exchange_rate ?? null,
    entryDate: input.entry_date ?? null,
    memo: input.memo ?? null,
    ruleId: input.rule_id ?? null,
    evidence: input.evidence ?? [],
    score: input.score ?? 0,
  };
}
