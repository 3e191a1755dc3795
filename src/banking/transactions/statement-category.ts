import type { Text } from '../../platform/errors.ts';
import { nullable, strict, Type } from '../../platform/http/schema.ts';

interface Category extends Text {
  /** The contra account of such a transaction; null: a claim or debt, or undetermined. */
  account: string | null;
}

/** Categories that a person can give a transaction. Codes are the API's, accounts those of the national chart. */
export const STATEMENT_CATEGORIES = {
  INVOICE: { nb: 'Betaling av faktura', en: 'Payment of an invoice', account: null },
  CREDIT_NOTE: { nb: 'Kreditnota', en: 'Credit note', account: null },
  SALE: { nb: 'Salg', en: 'Sale', account: null },
  PURCHASE: { nb: 'Kjøp', en: 'Purchase', account: null },
  EXPENSE_REFUND: { nb: 'Refusjon av utlegg', en: 'Refund of an outlay', account: null },
  CARD_SETTLEMENT: { nb: 'Oppgjør fra kort eller Vipps', en: 'Settlement of card or Vipps', account: null },
  SALARY: { nb: 'Lønn', en: 'Salary', account: '2930' },
  TAX_WITHHOLDING: { nb: 'Skattetrekk', en: 'Tax withheld from employees', account: '2600' },
  EMPLOYER_CONTRIBUTION: { nb: 'Arbeidsgiveravgift', en: 'Employer contributions', account: '2770' },
  VAT: { nb: 'Merverdiavgift', en: 'VAT payment', account: '2740' },
  INCOME_TAX: { nb: 'Skatt for virksomheten', en: 'Income tax', account: '2500' },
  LOAN: { nb: 'Lån', en: 'Loan', account: '2220' },
  INTEREST_INCOME: { nb: 'Renteinntekt', en: 'Interest earned', account: '8050' },
  INTEREST_EXPENSE: { nb: 'Rentekostnad', en: 'Interest paid', account: '8150' },
  BANK_FEE: { nb: 'Bankgebyr', en: 'Bank fee', account: '7770' },
  TRANSFER: { nb: 'Overføring mellom egne kontoer', en: 'Transfer between own accounts', account: '1945' },
  DIVIDEND: { nb: 'Utbytte', en: 'Dividend', account: '2800' },
  CAPITAL: { nb: 'Innskutt kapital', en: 'Paid-in capital', account: null },
  PRIVATE: { nb: 'Privat uttak eller innskudd', en: 'Private withdrawal or contribution', account: '2060' },
  GRANT: { nb: 'Tilskudd', en: 'Grant', account: null },
  OTHER: { nb: 'Annet', en: 'Other', account: null },
} as const satisfies Record<string, Category>;

export type StatementCategory = keyof typeof STATEMENT_CATEGORIES;
export const STATEMENT_CATEGORY_CODES = Object.keys(STATEMENT_CATEGORIES) as StatementCategory[];

export const StatementCategoryView = strict({
  code: Type.String(),
  name: Type.String({ description: 'In the language of the request' }),
  account_code: nullable(
    Type.String({ description: 'What it is booked against; null: a claim or debt, or it depends' }),
  ),
});
