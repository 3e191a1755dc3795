import fc from 'fast-check';
import { STANDARD_TAX_CODES } from '../../src/ledger/index.ts';

/** A line of a step: account, side, amount, and dimensions. Amounts in øre. */
export interface LineStep {
  account: string;
  side: 'debit' | 'credit';
  amount: number;
  tax: { code: string; basis: 'net' | 'gross' } | null;
  /** Indices of departments and projects; 1500 and 2400 always have a partner. */
  department: number | null;
  project: number | null;
  /** Foreign amount and rate, both in hundredths; the amount in øre is then computed from them. */
  currency: { amount: number; rate: number } | null;
}

export interface EntryStep {
  date: string;
  series: 'GL' | 'BANK';
  lines: LineStep[];
  /** The fault of the step, if any. */
  fault: Fault | null;
}

export const FAULTS = [
  'unbalanced',
  'unknown account',
  'no partner',
  'unknown VAT code',
  'impossible date',
  'both sides',
  'unknown project',
  'VAT code too early',
] as const;
export type Fault = (typeof FAULTS)[number];

export type Step =
  | { kind: 'post'; entry: EntryStep }
  | { kind: 'bulk'; mode: 'all' | 'each'; entries: EntryStep[] }
  | { kind: 'draft'; entry: EntryStep }
  | { kind: 'draft-update'; pick: number; entry: EntryStep }
  | { kind: 'draft-post'; pick: number }
  | { kind: 'draft-delete'; pick: number }
  | { kind: 'cancel'; pick: number; date: string | null }
  | { kind: 'lock'; until: string }
  | { kind: 'repeat'; pick: number }
  | { kind: 'fold' }
  | { kind: 'seal' };

/** Rarely: once in `times` + 1. */
function seldom<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: times, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

const dates = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), fc.constantFrom(2025, 2026))
  .map(([month, day, year]) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);

const amounts = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 10_000_000 }),
  fc.constant(10_000_000_000_00),
);

const codes = STANDARD_TAX_CODES.map(({ code, direction }) => ({ code, direction }));

const taxes = seldom(
  1,
  fc
    .tuple(fc.constantFrom(...codes), fc.boolean())
    .map(
      ([{ code, direction }, gross]) => ({ code, basis: gross && direction !== 'reverse' ? 'gross' : 'net' }) as const,
    ),
);

const lines: fc.Arbitrary<LineStep> = fc
  .record({
    account: fc.constantFrom('1500', '1920', '2400', '3000', '4300', '6300', '7770'),
    side: fc.constantFrom('debit' as const, 'credit' as const),
    amount: amounts,
    tax: taxes,
    department: fc.option(fc.integer({ min: 0, max: 1 }), { nil: null }),
    project: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
    currency: seldom(
      4,
      fc.record({ amount: fc.integer({ min: 1, max: 1_000_000 }), rate: fc.integer({ min: 1, max: 200_000 }) }),
    ),
  })
  .map((line) => {
    // VAT inside the amount and a foreign amount exclude each other.
    if (line.currency && line.tax?.basis === 'gross') return { ...line, currency: null };
    if (!line.currency) return line;
    const ore = Math.round((line.currency.amount * line.currency.rate) / 100);
    return ore === 0 ? { ...line, currency: null } : { ...line, amount: ore };
  });

const entries: fc.Arbitrary<EntryStep> = fc.record({
  date: dates,
  series: fc.constantFrom('GL' as const, 'GL' as const, 'BANK' as const),
  lines: fc.array(lines, { minLength: 1, maxLength: 4 }),
  fault: seldom(5, fc.constantFrom(...FAULTS)),
});

const pick = fc.nat({ max: 1_000 });

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('post' as const), entry: entries }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('bulk' as const),
      mode: fc.constantFrom('all' as const, 'each' as const),
      entries: fc.array(entries, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('draft' as const), entry: entries }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('draft-update' as const), pick, entry: entries }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('draft-post' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('draft-delete' as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick, date: fc.option(dates, { nil: null }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('lock' as const), until: dates.map((d) => `2025${d.slice(4)}`) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), pick }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'fold' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'seal' as const }) },
);

/** Groups of steps: a group of one is sent alone, the steps of a larger one are sent concurrently. */
export const histories: fc.Arbitrary<Step[][]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.array(steps, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(steps, { minLength: 2, maxLength: 8 }) },
  ),
  { minLength: 10, maxLength: 30, size: 'max' },
);
