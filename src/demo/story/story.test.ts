import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isOrganizationNumber, mod10CheckDigit } from '../../kernel/check-digits.ts';
import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { exactJson } from '../../platform/exact-json.ts';
import { Book, type StoryEntry, type StoryLine } from './book.ts';
import type { StoryCompany } from './company.ts';
import { demoStory, FIRM } from './story.ts';
import { bimonthlyTerms } from './vat-settlement.ts';
import { isWorkingDay } from './working-days.ts';

const TODAY = '2026-11-21';
const story = demoStory('hovedbok', TODAY);
const [workshop, proprietor, cooperative] = story as [StoryCompany, StoryCompany, StoryCompany];

function fingerprint(companies: StoryCompany[]): string {
  const text = exactJson(companies);
  return createHash('sha256').update(text).digest('hex');
}

/** Enters the story again: throws for the first entry that does not balance with its VAT. */
function bookOf({ entries }: StoryCompany, today = TODAY): Book {
  const book = new Book(today);
  for (const entry of entries) expect(book.enter(entry)).toBe(true);
  return book;
}

/** Debit less credit of a year's income and costs before appropriation; a profit is positive. */
function resultOf(book: Book, year: number, groups = ['3', '4', '5', '6', '7', '80', '81', '83']): Ore {
  return -groups.reduce((sum, group) => sum + book.balance(group, `${year}-12-31`, `${year}-01-01`), 0n);
}

function lowestBalance(company: StoryCompany, account: string, today: LocalDate): Ore {
  const book = bookOf(company, today);
  const days = new Set(company.entries.filter(touches(account)).map(({ date }) => date));
  return [...days].map((day) => book.balance(account, day)).reduce((low, one) => (one < low ? one : low));
}

function touches(account: string) {
  return ({ lines }: StoryEntry) => lines.some((line) => line.account === account);
}

/** The remainder of every document on an account. */
function openItems(company: StoryCompany, account: string): Map<string, { left: Ore; line: StoryLine }> {
  const items = new Map<string, { left: Ore; line: StoryLine }>();
  for (const entry of company.entries.filter(({ cancelledBecause }) => !cancelledBecause))
    for (const line of entry.lines.filter((one) => one.account === account)) {
      const key = `${line.partner} ${line.document}`;
      const item = items.get(key);
      items.set(key, { left: (item?.left ?? 0n) + line.amount, line: item?.line ?? line });
    }
  return new Map([...items].filter(([, { left }]) => left !== 0n));
}

const kroner = (amount: number): Ore => BigInt(amount) * 100n;

test('the same seed and day tell the same story, another seed another one', () => {
  expect(fingerprint(demoStory('hovedbok', TODAY))).toBe(fingerprint(story));
  expect(fingerprint(demoStory('another', TODAY))).not.toBe(fingerprint(story));
});

test('one day more adds to the story and changes nothing that was told', () => {
  const [tomorrow] = demoStory('hovedbok', addDays(TODAY, 1));
  const until = (entries: StoryEntry[], day: LocalDate) => entries.filter(({ date }) => date <= day);
  const text = (entries: StoryEntry[]) => entries.map(({ date, memo, document }) => `${date} ${memo} ${document}`);
  expect(text(until(tomorrow!.entries, '2026-09-30'))).toEqual(text(until(workshop.entries, '2026-09-30')));
});

test.each(['2026-01-01', '2026-02-10', '2026-03-20', '2027-07-31', '2028-02-29', '2028-12-31'])(
  'told on %s, every entry balances and nothing lies ahead',
  (today) => {
    for (const company of demoStory('hovedbok', today)) {
      const book = bookOf(company, today);
      expect([...book.balances(today).values()].reduce((sum, balance) => sum + balance, 0n)).toBe(0n);
      expect(company.entries.every(({ date }) => date <= today)).toBe(true);
      expect(company.entries.map(({ date }) => date)).toEqual(company.entries.map(({ date }) => date).toSorted());
      expect(lowestBalance(company, '1920', today)).toBeGreaterThanOrEqual(0n);
    }
  },
);

test('is of the promised size', () => {
  expect(workshop.entries.length).toBeGreaterThan(2_700);
  expect(workshop.entries.length).toBeLessThan(3_700);
  for (const year of [2024, 2025]) {
    const entered = workshop.entries.filter(({ date }) => date.startsWith(String(year)));
    expect(new Set(entered.map(({ date }) => date.slice(0, 7))).size).toBe(12);
  }
  expect(story.flatMap(({ entries }) => entries.filter(({ voucher }) => voucher)).length).toBeGreaterThan(60);
});

describe('identities', () => {
  test('organisation numbers are valid, synthetic and one per name', () => {
    const numbers = new Map<string, string>();
    const named = story.flatMap(({ name, organizationNumber, partners }) => [
      { name, organization_number: organizationNumber },
      ...partners,
    ]);
    for (const { name, organization_number: number } of [
      ...named,
      { ...FIRM, organization_number: FIRM.organizationNumber },
    ]) {
      if (!number) continue;
      expect(isOrganizationNumber(number)).toBe(true);
      expect(number.startsWith('3')).toBe(true);
      expect(numbers.get(number) ?? name).toBe(name);
      numbers.set(number, name);
    }
    expect(numbers.size).toBeGreaterThan(70);
  });

  test('every KID on an invoice has its check digit', () => {
    const references = story.flatMap(({ entries }) =>
      entries.filter(({ series }) => series === 'UTG').flatMap(({ lines }) => lines.flatMap(({ kid }) => kid ?? [])),
    );
    expect(references.length).toBeGreaterThan(900);
    for (const reference of references)
      expect(mod10CheckDigit(reference.slice(0, -1))).toBe(Number(reference.slice(-1)));
  });

  test('invoices are numbered without gaps in the order of their dates', () => {
    for (const year of ['2024', '2025', '2026']) {
      const numbers = workshop.entries.flatMap(({ document, series }) =>
        series === 'UTG' && document?.startsWith(`INV-${year}`) ? [Number(document.slice(9))] : [],
      );
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      expect(numbers.length).toBeGreaterThan(150);
    }
  });

  test('money moves on working days', () => {
    const moved = story.flatMap(({ entries }) =>
      entries.filter(touches('1920')).filter(({ series }) => series === 'BANK'),
    );
    for (const { date, cancelledBecause } of moved) expect(isWorkingDay(date) || !!cancelledBecause).toBe(true);
  });
});

describe('the workshop', () => {
  const book = bookOf(workshop);

  test('earns between 4 and 16 percent of its sales before tax', () => {
    for (const year of [2024, 2025]) {
      const sales = -book.balance('3', `${year}-12-31`, `${year}-01-01`);
      const beforeTax = resultOf(book, year, ['3', '4', '5', '6', '7', '80', '81']);
      expect(sales > kroner(10_000_000) && sales < kroner(18_000_000)).toBe(true);
      expect(beforeTax * 100n > sales * 4n && beforeTax * 100n < sales * 16n).toBe(true);
    }
  });

  test('a closed year: tax of 22 percent, the result appropriated to the øre', () => {
    for (const year of [2024, 2025]) {
      const end = `${year}-12-31`;
      const from = `${year}-01-01`;
      const beforeTax = resultOf(book, year, ['3', '4', '5', '6', '7', '80', '81']);
      const tax = book.balance('83', end, from);
      expect(tax * 100n - beforeTax * 22n < kroner(100) && beforeTax * 22n - tax * 100n < kroner(100)).toBe(true);
      expect(book.balance('89', end, from)).toBe(beforeTax - tax);
      const all = ['3', '4', '5', '6', '7', '8'].reduce((sum, group) => sum + book.balance(group, end, from), 0n);
      expect(all).toBe(0n);
    }
  });

  test('VAT accounts stand at zero after every settlement', () => {
    const settled = [2024, 2025].flatMap(bimonthlyTerms).concat(bimonthlyTerms(2026).slice(0, 4));
    for (const { last } of settled) {
      for (const [account, balance] of book.balances(last))
        if (account >= '2700' && account < '2740')
          expect(`${account} ${last}: ${balance}`).toBe(`${account} ${last}: 0`);
    }
    expect(settled).toHaveLength(16);
    expect(book.balance('7740', TODAY)).not.toBe(0n);
  });

  test('what a settlement owes in whole kroner is paid on the due date', () => {
    const settlements = workshop.entries.filter(({ series }) => series === 'MVA');
    expect(settlements).toHaveLength(16);
    for (const { memo, lines } of settlements) {
      const name = memo.replace('Mva-oppgjør ', '');
      const owed = lines.find(({ account }) => account === '2740')!;
      const payments = workshop.entries.filter((entry) => entry.memo === `Betaling mva ${name}`);
      if (owed.dueDate! > TODAY) continue;
      expect(owed.amount % 100n).toBe(0n);
      expect(payments.map(({ date }) => date)).toEqual([owed.dueDate]);
      expect(payments[0]!.lines[0]!.amount).toBe(-owed.amount);
    }
  });

  test('uses the codes of domestic, exported, imported and foreign sales and purchases', () => {
    const used = new Set(workshop.entries.flatMap(({ lines }) => lines.flatMap(({ taxCode }) => taxCode ?? [])));
    expect([...used].sort()).toEqual(['0', '1', '11', '13', '21', '3', '52', '81', '86']);
  });

  test('receivables are the open invoices: none overpaid, some overdue, none forgotten', () => {
    const open = [...openItems(workshop, '1500').values()];
    expect(open.reduce((sum, { left }) => sum + left, 0n)).toBe(book.balance('1500', TODAY));
    expect(open.every(({ left }) => left > 0n)).toBe(true);
    const overdue = open.filter(({ line }) => line.dueDate! < TODAY);
    expect(open.length).toBeGreaterThan(5);
    expect(overdue.length).toBeGreaterThan(0);
    expect(overdue.every(({ line }) => line.dueDate! > addDays(TODAY, -70))).toBe(true);
  });

  test('payables are the open bills of suppliers, none long overdue', () => {
    for (const account of ['2400', '2401']) {
      const open = [...openItems(workshop, account).values()];
      expect(open.reduce((sum, { left }) => sum + left, 0n)).toBe(book.balance(account, TODAY));
      expect(open.every(({ left, line }) => left < 0n && line.dueDate! > addDays(TODAY, -7))).toBe(true);
    }
  });

  test('withheld tax lies on its own bank account, and what staff were owed is paid', () => {
    expect(book.balance('1950', TODAY)).toBe(-book.balance('2600', TODAY));
    expect(book.balance('2930', TODAY)).toBe(0n);
    const ofPerson = new Map<string, Ore>();
    for (const { lines } of workshop.entries)
      for (const { account, partner, amount } of lines)
        if (account === '2930') ofPerson.set(partner!, (ofPerson.get(partner!) ?? 0n) + amount);
    expect([...ofPerson.values()]).toEqual(Array(8).fill(0n));
  });

  test('holiday pay owed at the end of a year is what the year has earned, with the contribution on it', () => {
    for (const year of [2024, 2025]) {
      const owed = -book.balance('2940', `${year}-12-31`);
      expect(owed).toBe(book.balance('5092', `${year}-12-31`, `${year}-01-01`));
      // Each month's contribution is rounded by department.
      const difference = -book.balance('2780', `${year}-12-31`) * 1000n - owed * 141n;
      expect(difference < kroner(1000) && difference > kroner(-1000)).toBe(true);
    }
  });

  test('assets: one dimension per asset, book values never negative, the sold one at zero', () => {
    const values = new Map<string, Ore>();
    for (const { lines } of workshop.entries)
      for (const { asset, account, amount } of lines)
        if (account < '1300') {
          expect(asset).toBeDefined();
          values.set(asset!, (values.get(asset!) ?? 0n) + amount);
        }
    expect(values.size).toBe(8);
    expect([...values.values()].every((value) => value >= 0n)).toBe(true);
    expect(values.get('D3')).toBe(0n);
  });

  test('corrections, drafts and the lock of the first year', () => {
    expect(workshop.entries.filter(({ cancelledBecause }) => cancelledBecause)).toHaveLength(3);
    expect(workshop.drafts).toHaveLength(3);
    expect(workshop.lock?.until).toBe('2024-12-31');
  });
});

test('the sole proprietor settles VAT once a year and keeps private money apart', () => {
  const book = bookOf(proprietor);
  const turnover = -book.balance('3', '2025-12-31', '2025-01-01');
  expect(turnover > kroner(500_000) && turnover < kroner(1_000_000)).toBe(true);
  for (const account of ['2700', '2710', '2713', '2060', '2063', '2065'])
    expect(`${account}: ${book.balance(account, '2025-12-31')}`).toBe(`${account}: 0`);
  expect(book.balance('2740', '2025-12-31') < 0n).toBe(true);
  expect(book.balance('2740', '2026-03-10')).toBe(0n);
  expect(book.balance('2060', TODAY) > 0n).toBe(true);
});

test('the housing cooperative has no VAT, and its homes pay what they owe', () => {
  const book = bookOf(cooperative);
  expect(cooperative.entries.flatMap(({ lines }) => lines).some(({ taxCode }) => taxCode)).toBe(false);
  const [income, result] = [-book.balance('3', '2025-12-31', '2025-01-01'), resultOf(book, 2025)];
  expect(income > kroner(1_500_000) && result > 0n && result * 4n < income).toBe(true);
  expect(book.balance('1500', '2026-10-31')).toBe(0n);
  expect(book.balance('2230', TODAY) > kroner(-12_000_000)).toBe(true);
});
