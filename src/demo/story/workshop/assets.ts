import { addDays, addMonths, type LocalDate } from '../../../kernel/local-date.ts';
import { divideRounded, type Ore } from '../../../kernel/money.ts';
import { type Book, credit, debit, totalOf } from '../book.ts';
import { dayIn, type Month, monthName } from '../calendar.ts';
import type { StoryAsset, StoryValue } from '../company.ts';
import { kid } from '../identities.ts';
import { purchase } from '../purchase.ts';
import { workingDayFrom } from '../working-days.ts';
import { CUSTOMERS, SUPPLIERS } from './partners.ts';

/** The accounts of the asset classes: cost, accumulated depreciation, expense. */
const KINDS = {
  machine: ['1200', '1299', '6015'],
  furniture: ['1250', '1299', '6017'],
  van: ['1236', '1248', '6010'],
  electricVan: ['1238', '1248', '6010'],
  computer: ['1280', '1288', '6015'],
  software: ['1060', '1069', '6029'],
} as const;

interface Asset extends StoryValue {
  kind: keyof typeof KINDS;
  cost: Ore;
  /** Depreciated before the story. */
  before: Ore;
  /** Months that remain from its first month in the story. */
  months: number;
  /** Month of the story in which it is bought; null: owned from the beginning. */
  bought: number | null;
  sold?: number;
  supplier?: keyof typeof SUPPLIERS;
  department: string;
}

const ASSETS: readonly Asset[] = [
  asset('D1', 'CNC-fres', 'machine', 1_450_000, 435_000, 84, 'PROD'),
  asset('D2', 'Tykkelseshøvel', 'machine', 420_000, 189_000, 54, 'PROD'),
  asset('D3', 'Varebil, diesel', 'van', 389_000, 233_400, 24, 'PROSJ', { sold: 17 }),
  asset('D4', 'Arbeidsstasjoner for tegning', 'computer', 68_400, 0, 36, 'PROSJ', { bought: 3, supplier: 'computers' }),
  asset('D5', 'Innredning utstilling', 'furniture', 92_500, 0, 60, 'ADM', { bought: 8, supplier: 'furniture' }),
  asset('D6', 'Ordre- og lagersystem', 'software', 145_000, 0, 36, 'ADM', { bought: 13, supplier: 'software' }),
  asset('D7', 'Varebil, elektrisk', 'electricVan', 462_000, 0, 60, 'PROSJ', { bought: 16, supplier: 'cars' }),
  asset('D8', 'Kantlimer', 'machine', 356_000, 0, 96, 'PROD', { bought: 26, supplier: 'machines' }),
];

function asset(
  key: string,
  name: string,
  kind: Asset['kind'],
  cost: number,
  before: number,
  months: number,
  department: string,
  more: Partial<Asset> = {},
): Asset {
  const bought = more.bought ?? null;
  return {
    ...more,
    key,
    name,
    kind,
    cost: BigInt(cost) * 100n,
    before: BigInt(before) * 100n,
    months,
    department,
    bought,
  };
}

/** Those bought by today. Assets from before the story are depreciated over the rest of their life. */
export function registeredAssets(months: readonly Month[]): StoryAsset[] {
  const start = months[0]!;
  return ASSETS.filter(({ bought }) => (bought ?? 0) < months.length).map((one) => {
    const { key, name, kind, bought, sold, months: life } = one;
    const sale = sold === undefined ? undefined : months[sold];
    return {
      key,
      name,
      assetClass: CLASSES[kind],
      acquired: bought === null ? addMonths(start.first, -24) : boughtOn(months[bought]!),
      retired: sale ? soldOn(sale) : null,
      plan: { from: (bought === null ? start : months[bought]!).first, months: life },
    };
  });
}

const CLASSES: Record<Asset['kind'], string> = {
  machine: 'MACHINERY_AND_PLANT',
  furniture: 'FURNITURE_AND_FIXTURES',
  van: 'COMMERCIAL_VEHICLES',
  electricVan: 'COMMERCIAL_VEHICLES',
  computer: 'OFFICE_EQUIPMENT',
  software: 'SOFTWARE',
};

/** For the classes whose default accounts the company does not use. */
export const ASSET_ACCOUNTS = {
  COMMERCIAL_VEHICLES: KINDS.electricVan,
  OFFICE_EQUIPMENT: KINDS.computer,
  SOFTWARE: KINDS.software,
};

function boughtOn(month: Month): LocalDate {
  return workingDayFrom(dayIn(month, 7));
}

function soldOn(month: Month): LocalDate {
  return workingDayFrom(dayIn(month, 10));
}

/** Balance sheet lines of the assets owned when the story begins. */
export function assetsAtStart() {
  return ASSETS.filter(({ bought }) => bought === null).flatMap(({ key, kind, cost, before }) => [
    debit(KINDS[kind][0], cost, { asset: key }),
    credit(KINDS[kind][1], before, { asset: key }),
  ]);
}

export const VAN_LOAN: Ore = 350_000_00n;
export const VAN_BOUGHT = 16;

/** Purchases, depreciation and the sale of the month. */
export function keepAssets(book: Book, month: Month, index: number): void {
  for (const one of ASSETS) if (one.bought === index && one.supplier) buyAsset(book, one, one.supplier, month);
  depreciate(book, month, index);
  for (const one of ASSETS) if (one.sold === index) sellAsset(book, one, month, index);
}

function buyAsset(book: Book, { key, name, kind, cost }: Asset, by: keyof typeof SUPPLIERS, month: Month): void {
  const [partner, supplier] = SUPPLIERS[by];
  const date = boughtOn(month);
  if (kind === 'electricVan')
    book.enter({
      date,
      series: 'BANK',
      memo: 'Billån utbetalt',
      lines: [debit('1920', VAN_LOAN), credit('2245', VAN_LOAN)],
    });
  purchase(book, {
    date,
    partner,
    name: supplier,
    invoice: `${partner.slice(-2)}-${month.name.replace('-', '')}-${key}`,
    memo: name,
    lines: [debit(KINDS[kind][0], cost, { taxCode: '1', asset: key })],
    creditDays: 14,
    onPaper: true,
  });
}

/** Depreciated in equal months from the month of purchase; none in the month of sale. */
function depreciation({ cost, before, months, bought, sold }: Asset, index: number): Ore {
  const n = index - (bought ?? 0);
  if (n < 0 || n >= months || (sold !== undefined && index >= sold)) return 0n;
  const until = (count: number) => divideRounded((cost - before) * BigInt(count), BigInt(months));
  return until(n + 1) - until(n);
}

function depreciate(book: Book, month: Month, index: number): void {
  const lines = ASSETS.flatMap((one) => {
    const amount = depreciation(one, index);
    if (amount === 0n) return [];
    const [, accumulated, expense] = KINDS[one.kind];
    return [
      debit(expense, amount, { asset: one.key, department: one.department }),
      credit(accumulated, amount, { asset: one.key }),
    ];
  });
  book.enter({ date: month.last, series: 'GL', memo: `Avskrivninger ${monthName(month.month)} ${month.year}`, lines });
}

/**
 * Sold with VAT: the price is income, and the remaining book value is expensed against it, so that the base of the VAT
 * is visible.
 */
function sellAsset(book: Book, one: Asset, month: Month, index: number): void {
  const buyer = CUSTOMERS[11]!;
  const date = soldOn(month);
  const [cost, accumulated] = KINDS[one.kind];
  let depreciated = one.before;
  for (let i = 0; i < index; i++) depreciated += depreciation(one, i);
  const sale = credit('3805', 118_000_00n, { taxCode: '3', department: one.department, asset: one.key });
  const document = `SALG-${one.key}`;
  const facts = { partner: buyer.key, document, kid: kid(buyer.number, 900 + index) };
  const total = -totalOf([sale], date);
  const dueDate = addDays(date, buyer.terms);
  book.enter({
    date,
    series: 'UTG',
    memo: `Solgt ${one.name.toLowerCase()} til ${buyer.name}`,
    document,
    lines: [
      debit('1500', total, { ...facts, dueDate }),
      sale,
      debit(accumulated, depreciated, { asset: one.key }),
      debit('3809', one.cost - depreciated, { asset: one.key, department: one.department }),
      credit(cost, one.cost, { asset: one.key }),
    ],
  });
  book.enter({
    date: workingDayFrom(dueDate),
    series: 'BANK',
    memo: `Innbetaling ${buyer.name}`,
    document,
    lines: [debit('1920', total), credit('1500', total, facts)],
  });
}
