import type { LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import type { Language, Text } from '../../platform/errors.ts';
import type { Route } from '../../platform/http/route.ts';
import { DateText, Id, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import {
  type Cell,
  type PrintableReport,
  readReportSubject,
  type ReportModel,
  type ReportRow,
  reportRoute,
} from '../../reports/index.ts';
import { type Reconciliation, readReconciliation, type Unmatched } from './reconciliation.ts';
import { ReconciliationView, reconciliationView } from './reconciliation-view.ts';

interface Question {
  bankAccountId: number;
  date: LocalDate;
}

const TEXTS = {
  title: { nb: 'Bankavstemming', en: 'Bank reconciliation' },
  movement: { nb: 'Bevegelse', en: 'Movement' },
  date: { nb: 'Dato', en: 'Date' },
  age: { nb: 'Dager', en: 'Days' },
  amount: { nb: 'Beløp', en: 'Amount' },
  bank: { nb: 'Saldo etter banken', en: 'Balance by the bank' },
  notInBank: { nb: 'Bokført, ikke i banken', en: 'Booked, not in the bank' },
  notBooked: { nb: 'I banken, ikke bokført', en: 'In the bank, not booked' },
  computed: { nb: 'Beregnet saldo i hovedbok', en: 'Balance the ledger should have' },
  ledger: { nb: 'Saldo i hovedbok', en: 'Balance in the ledger' },
  unexplained: { nb: 'Uforklart differanse', en: 'Unexplained difference' },
  noBalance: {
    nb: 'Banken har ikke oppgitt noen saldo til og med denne dagen; avstemmingen kan ikke fullføres.',
    en: 'The bank has said no balance until this day; the reconciliation cannot be completed.',
  },
  agrees: { nb: 'Bank og hovedbok stemmer.', en: 'Bank and ledger agree.' },
  differs: { nb: 'Bank og hovedbok stemmer ikke.', en: 'Bank and ledger do not agree.' },
} satisfies Record<string, Text>;

/** One page that proves the balance: bank, items missing on each side, ledger. */
export function bankReportModel(
  of: Reconciliation,
  head: Pick<ReportModel, 'subject' | 'printedAt'>,
  language: Language,
): ReportModel {
  const say = (text: Text) => text[language];
  const line = (
    kind: ReportRow['kind'],
    id: string | null,
    label: string,
    cells: Cell[],
    more: Partial<ReportRow> = {},
  ): ReportRow => ({
    kind,
    id,
    level: 1,
    within: [],
    code: null,
    label,
    cells,
    link: null,
    folded: false,
    ...more,
  });
  const balance = (id: string, text: Text, amount: bigint, kind: ReportRow['kind'] = 'opening') =>
    line(kind, id, say(text), [null, null, { amount }]);
  const group = (id: string, text: Text, sum: bigint, rows: readonly Unmatched[]): ReportRow[] => [
    line('group', id, say(text), [null, null, { amount: sum }], { sum: { of: 'below' } }),
    ...rows.map((row) =>
      line('line', null, row.text ?? '', [{ date: row.date }, { number: String(row.age) }, { amount: row.amount }], {
        level: 2,
        within: [id],
        link: row.line_no === null ? null : `/entries/${row.id}`,
      }),
    ),
  ];
  const bank = of.bankBalance ?? 0n;
  const rows: ReportRow[] = [
    ...(of.bankBalance === null ? [] : [balance('bank', TEXTS.bank, bank)]),
    ...group('b', TEXTS.notInBank, of.notInBankTotal, of.notInBank),
    ...group('a', TEXTS.notBooked, of.notBookedTotal, of.notBooked),
    ...(of.bankBalance === null
      ? []
      : [
          line(
            'computed',
            'computed',
            say(TEXTS.computed),
            [null, null, { amount: bank + of.notInBankTotal - of.notBookedTotal }],
            {
              sum: {
                of: 'rows',
                terms: [
                  { id: 'bank', factor: 1 },
                  { id: 'b', factor: 1 },
                  { id: 'a', factor: -1 },
                ],
              },
            },
          ),
        ]),
    balance('ledger', TEXTS.ledger, of.ledgerBalance, 'closing'),
    ...(of.unexplained === null
      ? []
      : [
          line('total', null, say(TEXTS.unexplained), [null, null, { amount: of.unexplained }], {
            sum: {
              of: 'rows',
              terms: [
                { id: 'ledger', factor: 1 },
                { id: 'computed', factor: -1 },
              ],
            },
          }),
        ]),
  ];
  const { name, bban, iban, account_code, currency_code } = of.account;
  return {
    title: say(TEXTS.title),
    language,
    ...head,
    from: null,
    to: of.date,
    knownAt: null,
    includesDrafts: false,
    filters: [[name, iban ?? bban, account_code, currency_code].filter(Boolean).join(' · ')],
    firstColumn: say(TEXTS.movement),
    columns: [
      { key: 'date', label: say(TEXTS.date), kind: 'date' },
      { key: 'age', label: say(TEXTS.age), kind: 'number' },
      { key: 'amount', label: say(TEXTS.amount), kind: 'amount' },
    ],
    rows,
    notes: [say(of.unexplained === null ? TEXTS.noBalance : of.unexplained === 0n ? TEXTS.agrees : TEXTS.differs)],
  };
}

const readBankReport = readOperation({
  name: 'report.bank-reconciliation',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }, { bankAccountId, date }: Question) =>
    readReconciliation(tx, clientAccountId, bankAccountId, date),
});

export const printableBankReconciliation: PrintableReport<Question> = {
  name: 'bank-reconciliation',
  async open({ tx, clientAccountId, language, now }, { bankAccountId, date }) {
    const found = await readReconciliation(tx, clientAccountId, bankAccountId, date);
    return bankReportModel(
      found,
      { subject: await readReportSubject(tx, clientAccountId, null), printedAt: now },
      language,
    );
  },
};

export const bankReportRoutes: Route[] = [
  reportRoute({
    path: '/reports/bank-reconciliation',
    summary: 'Bank reconciliation: balance by the bank and by the ledger, and what each side lacks',
    query: strict({
      client_account_id: Id,
      bank_account_id: Id,
      report_date: DateText,
      format: Type.Optional(Type.String()),
    }),
    question: (query): Question => ({ bankAccountId: query.bank_account_id, date: query.report_date }),
    read: readBankReport,
    view: reconciliationView,
    response: ReconciliationView,
    print: printableBankReconciliation,
  }),
];
