import type { LocalDate } from '../../kernel/local-date.ts';
import { amountAsNumber } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Language, Text } from '../../platform/errors.ts';
import type { Route } from '../../platform/http/route.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import {
  type PrintableReport,
  readReportSubject,
  type ReportModel,
  type ReportRow,
  reportRoute,
} from '../../reports/index.ts';
import { type AgedBalance, type AgedBalances, BUCKETS, readAgedBalances, type Side } from './aged-balances.ts';

const TEXTS = {
  customer: { nb: 'Aldersfordelte kundefordringer', en: 'Aged receivables' },
  supplier: { nb: 'Aldersfordelt leverandørgjeld', en: 'Aged payables' },
  name: { nb: 'Navn', en: 'Name' },
  nobody: { nb: 'Uten forretningspartner', en: 'Without a business partner' },
  items: { nb: 'Poster', en: 'Items' },
  not_due: { nb: 'Ikke forfalt', en: 'Not due' },
  days_1_30: { nb: '1–30 dager', en: '1–30 days' },
  days_31_60: { nb: '31–60 dager', en: '31–60 days' },
  days_61_90: { nb: '61–90 dager', en: '61–90 days' },
  days_over_90: { nb: 'Over 90 dager', en: 'Over 90 days' },
  total: { nb: 'Sum', en: 'Total' },
  note: {
    nb: 'Regnet fra forfallsdato, eller bilagsdato der ingen er oppgitt. Beløp i norske kroner.',
    en: 'Counted from the due date, or the date of the entry where there is none. Amounts in Norwegian kroner.',
  },
} satisfies Record<string, Text>;

const amounts = {
  ...(Object.fromEntries(BUCKETS.map((name) => [name, Type.Number()])) as Record<
    (typeof BUCKETS)[number],
    ReturnType<typeof Type.Number>
  >),
  total: Type.Number(),
};
const AgedView = strict({
  report_date: DateText,
  data: Type.Array(
    strict({
      business_partner_id: nullable(Id),
      name: nullable(Type.String()),
      code: nullable(Type.String()),
      items: Type.Integer(),
      ...amounts,
    }),
  ),
  totals: strict(amounts),
});

const numbersOf = ({ buckets, total }: Pick<AgedBalance, 'buckets' | 'total'>) => ({
  ...(Object.fromEntries(BUCKETS.map((name) => [name, amountAsNumber(buckets[name])])) as Record<
    (typeof BUCKETS)[number],
    number
  >),
  total: amountAsNumber(total),
});

function agedView(of: AgedBalances): Static<typeof AgedView> {
  return {
    report_date: of.date,
    data: of.partners.map((partner) => ({
      business_partner_id: partner.businessPartnerId,
      name: partner.name,
      code: partner.code,
      items: partner.items,
      ...numbersOf(partner),
    })),
    totals: numbersOf(of),
  };
}

function agedModel(
  of: AgedBalances,
  head: Pick<ReportModel, 'subject' | 'printedAt'>,
  language: Language,
): ReportModel {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const cells = ({ buckets, total }: Pick<AgedBalance, 'buckets' | 'total'>): ReportRow['cells'] => [
    ...BUCKETS.map((name) => ({ amount: buckets[name] })),
    { amount: total },
  ];
  const row = (kind: ReportRow['kind'], label: string, more: Partial<ReportRow>): ReportRow => ({
    kind,
    id: null,
    level: 1,
    within: [],
    code: null,
    label,
    cells: [],
    link: null,
    folded: false,
    ...more,
  });
  const partners = of.partners.map((partner) =>
    row('account', partner.name ?? say('nobody'), {
      id: `p${partner.businessPartnerId ?? 0}`,
      code: partner.code,
      cells: [{ number: String(partner.items) }, ...cells(partner)],
    }),
  );
  return {
    title: say(of.side),
    language,
    ...head,
    from: null,
    to: of.date,
    knownAt: null,
    includesDrafts: false,
    filters: [],
    firstColumn: say('name'),
    columns: [
      { key: 'items', label: say('items'), kind: 'number' },
      ...[...BUCKETS, 'total' as const].map((name) => ({ key: name, label: say(name), kind: 'amount' as const })),
    ],
    rows: [
      ...partners,
      row('total', say('total'), {
        cells: [null, ...cells(of)],
        sum: { of: 'rows', terms: partners.map(({ id }) => ({ id: id!, factor: 1 as const })) },
      }),
    ],
    notes: [say('note')],
  };
}

interface Question {
  date: LocalDate;
}

const readAged = (side: Side) =>
  readOperation({
    name: `report.aged-${side}`,
    access: { kind: 'client', scope: 'read:accounting', roles: READERS },
    run: ({ tx, clientAccountId }, { date }: Question) => readAgedBalances(tx, clientAccountId, side, date),
  });

const printable = (side: Side): PrintableReport<Question> => ({
  name: `aged-${side}`,
  async open({ tx, clientAccountId, language, now }, { date }) {
    const subject = await readReportSubject(tx, clientAccountId, null);
    return agedModel(await readAgedBalances(tx, clientAccountId, side, date), { subject, printedAt: now }, language);
  },
});

export const printableAgedReceivables = printable('customer');
export const printableAgedPayables = printable('supplier');

const agedRoute = (path: string, summary: string, side: Side, print: PrintableReport<Question>) =>
  reportRoute({
    path,
    summary,
    query: strict({ client_account_id: Id, report_date: DateText, format: Type.Optional(Type.String()) }),
    question: (query): Question => ({ date: query.report_date }),
    read: readAged(side),
    view: agedView,
    response: AgedView,
    print,
  });

export const agedRoutes: Route[] = [
  agedRoute(
    '/reports/aged-receivables',
    'What customers owe, by how long it is overdue: 30, 60, 90 days',
    'customer',
    printableAgedReceivables,
  ),
  agedRoute(
    '/reports/aged-payables',
    'What suppliers are owed, by how long it is overdue: 30, 60, 90 days',
    'supplier',
    printableAgedPayables,
  ),
];
