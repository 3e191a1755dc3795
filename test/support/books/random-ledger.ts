import fc from 'fast-check';
import sql from 'sql-template-tag';
import { addDays, type LocalDate } from '../../../src/kernel/local-date.ts';
import { foldBalances } from '../../../src/ledger/balances-fold.ts';
import type { EntryInput, LineInput } from '../../../src/ledger/entries/entry-input.ts';
import { cancelEntry, createDraft, foldVat, postEntries } from '../../../src/ledger/index.ts';
import type { Transaction } from '../../../src/platform/database/pool.ts';
import { addDimensionValue, addPartner, type Books, credit, debit, openBooks, testPlatform } from './books.ts';

/** A line as stored in the books, amounts in øre. */
export interface StoredLine {
  entryId: number;
  account: string;
  date: LocalDate;
  debit: number;
  credit: number;
  taxCode: string | null;
  postedAt: Date;
  dimensions: { type: string; id: number }[];
}

export interface RandomLedger {
  books: Books;
  departments: number[];
  projects: number[];
  /** Every posted line, read from the table. */
  lines: StoredLine[];
  /** Moments between the batches in which it was posted. */
  moments: Date[];
}

/** The days of the entries of a random ledger. */
export const FIRST_DAY = '2022-11-20';
export const DAYS = 1150;

const day = fc.oneof(
  fc.integer({ min: 0, max: DAYS }).map((n) => addDays(FIRST_DAY, n)),
  fc.constantFrom('2022-12-31', '2023-01-01', '2024-02-29', '2024-12-31', '2025-01-01', '2025-06-30'),
);
const KINDS = [
  'sale',
  'food',
  'purchase',
  'services',
  'payment',
  'paid',
  'wages',
  'interest',
  'tax',
  'settle',
  'close',
];

/**
 * Books over four fiscal years, the same for the same seed: VAT of several kinds, currency, customers and suppliers,
 * departments and projects, entries in no order of days, cancellations, drafts; one part is folded, the rest is not.
 */
export async function randomLedger(seed: number, entries = 240): Promise<RandomLedger> {
  let time = Date.parse('2026-03-01T08:00:00Z');
  const clock = { now: () => new Date(time) };
  const books = await openBooks({ clock, name: 'Tilfeldig Handel AS', organizationNumber: '983746160' });
  const customer = [await addPartner(books, 'Kunde Øst AS'), await addPartner(books, 'Kunde Vest; & Co')];
  const supplier = [await addPartner(books, 'Leverandør: Nord'), await addPartner(books, 'Sør')];
  const departments = [
    await addDimensionValue(books, 'department', 'A'),
    await addDimensionValue(books, 'department', 'B'),
  ];
  const projects = [await addDimensionValue(books, 'project', 'P'), await addDimensionValue(books, 'project', 'Q')];

  const of = (type: string, ids: number[]) => fc.constantFrom(null, null, ...ids.map((id) => ({ type, id })));
  const made = fc.sample(
    fc.record({
      date: day,
      kind: fc.constantFrom(...KINDS, 'sale', 'purchase'),
      ore: fc.integer({ min: 1, max: 5_000_000 }),
      party: fc.constantFrom(0, 1),
      gross: fc.boolean(),
      foreign: fc.boolean(),
      dimensions: fc.tuple(of('department', departments), of('project', projects), of('department', departments)),
      series: fc.constantFrom('GL', 'GL', 'UTG'),
    }),
    { numRuns: entries, seed },
  );
  const inputs = made.map(
    ({ date, kind, ore, party, gross, foreign, dimensions: [one, two, three], series }): EntryInput => {
      const amount = (ore / 100).toFixed(2);
      const more: Partial<LineInput> = {
        dimensions: [one, two].filter((value) => value !== null),
      };
      const currency = foreign ? { currency_code: 'EUR', currency_amount: amount, exchange_rate: '1' } : {};
      const abroad = { ...more, ...currency };
      const other = { dimensions: three === null ? [] : [three] };
      const basis = { amount_basis: 'gross' as const };
      const receivable = { business_partner_id: customer[party]! };
      const payable = { business_partner_id: supplier[party]! };
      const net = gross ? basis : currency;
      // The counter side includes the VAT on a net amount: only rates of a quarter or zero occur here.
      const withVat = gross ? amount : ((ore + Math.round(ore / 4)) / 100).toFixed(2);
      const lines: Record<string, LineInput[]> = {
        sale: [
          debit('1500', withVat, { ...receivable, ...other }),
          credit('3000', amount, { tax_code: '3', ...net, ...more }),
        ],
        food: [debit('1920', amount, other), credit('3000', amount, { tax_code: '31', ...basis, ...more })],
        purchase: [
          debit('6800', amount, { tax_code: '1', ...basis, ...more }),
          credit('2400', amount, { ...payable, ...other }),
        ],
        services: [
          debit('6700', amount, { tax_code: '86', ...abroad }),
          credit('2400', amount, { ...payable, ...other }),
        ],
        payment: [debit('1920', amount, abroad), credit('1500', amount, receivable)],
        paid: [debit('2400', amount, payable), credit('1920', amount, more)],
        wages: [debit('5000', amount, abroad), credit('1920', amount, other)],
        interest: [debit('8150', amount, abroad), credit('8050', amount, other)],
        tax: [debit('8300', amount, other), credit('2500', amount)],
        settle: [debit('2700', amount), credit('2740', amount, other)],
        close: [debit('8960', amount, other), credit('2050', amount, more)],
      };
      return { entry_date: date, series, memo: `${kind} ${ore}`, lines: lines[kind]! };
    },
  );

  const moments: Date[] = [];
  const pause = () => {
    moments.push(new Date(time + 3_600_000));
    time += 7_200_000;
  };
  const third = Math.floor(entries / 3);
  const ids: number[] = [];
  for (const part of [0, 1, 2]) {
    const { results } = await books.run(postEntries, {
      entries: inputs.slice(part * third, part === 2 ? entries : (part + 1) * third),
      mode: 'all',
      language: 'nb',
    });
    ids.push(...results.map(({ id }) => id!));
    pause();
    for (const at of fc.sample(fc.nat(ids.length - 1), { numRuns: 6, seed: seed + part })) {
      const [id = 0] = ids.splice(at % ids.length, 1);
      await books.run(cancelEntry, { id, reason: 'Feil', entryDate: '2026-01-15' });
    }
    if (part < 2)
      await inBooks(books, async (tx) => {
        await foldBalances(tx, books.clientAccountId);
        if (part === 0) await foldVat(tx, books.clientAccountId);
      });
  }
  for (const entry of inputs.filter((_, at) => at % 17 === 0))
    await books.run(createDraft, { draft: entry, language: 'nb' });
  const platform = testPlatform(clock);
  time += 3_600_000;
  return { books: { ...books, platform }, departments, projects, lines: await storedLines(books), moments };
}

function inBooks(books: Books, work: (tx: Transaction) => Promise<void>): Promise<void> {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, work);
}

/** Every posted line of a client account, from the table itself. */
export function storedLines({ platform, clientAccountId }: Books): Promise<StoredLine[]> {
  return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.rows<StoredLine>(sql`
      select l.entry_id as "entryId", l.account_code as account, l.entry_date::text as date, l.debit, l.credit,
        l.tax_code as "taxCode", e.posted_at as "postedAt",
        coalesce((select json_agg(json_build_object('type', m.dimension_type, 'id', m.value_id))
          from dimension_set_members m where m.client_account_id = l.client_account_id
            and m.dimension_set_id = l.dimension_set_id), '[]') as dimensions
      from journal_entry_lines l
      join journal_entries e on e.client_account_id = l.client_account_id and e.id = l.entry_id
      where l.client_account_id = ${clientAccountId}
      order by l.entry_id, l.line_no`),
  );
}
