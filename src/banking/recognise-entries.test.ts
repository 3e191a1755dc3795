import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ore } from '../kernel/money.ts';
import { entryKeys, foldText } from './entry-key.ts';
import { type RecognisableEntry, recogniseEntries } from './recognise-entries.ts';

interface Movement {
  day: number;
  amount: bigint;
  text: string;
  reference: string | null;
}

function recognisable(movement: Movement, balanceAfter: Ore | null, origin = 'camt'): RecognisableEntry {
  const bookingDate = `2026-03-${String(movement.day).padStart(2, '0')}`;
  const keys = entryKeys('1', {
    bookingDate,
    valueDate: null,
    amount: movement.amount,
    currency: 'NOK',
    isReversal: false,
    bankReference: movement.reference,
    text: movement.text,
    counterparty: { name: null, account: null, bic: null },
    structuredReference: null,
    endToEndId: null,
  });
  return { ...keys, bookingDate, origin, amount: movement.amount, balanceAfter };
}

/** `day amount text [reference]` a row; balances run from `from`, or there are none. */
function entries(table: string, from: number | null = null, origin = 'camt'): RecognisableEntry[] {
  let balance = from === null ? null : BigInt(from);
  return table
    .trim()
    .split('\n')
    .map((row) => {
      const [day, amount, text, reference] = row.trim().split(/\s+/);
      if (balance !== null) balance += BigInt(amount!);
      return recognisable(
        { day: Number(day), amount: BigInt(amount!), text: text!, reference: reference ?? null },
        balance,
        origin,
      );
    });
}

const verdicts = (known: RecognisableEntry[], delivered: RecognisableEntry[]) =>
  recogniseEntries(known, delivered).map((recognition) => recognition.verdict);

describe('one reference of the bank for equal movements', () => {
  const first = entries('2 -40 fee R1', 1000);

  test.each([
    ['the day goes on in balance: another movement', entries('2 -40 fee R1', 960), ['new']],
    ['the same statement again', entries('2 -40 fee R1', 1000), ['known']],
    ['the whole day after a part of it', entries('2 -40 fee R1\n2 -40 fee R1', 1000), ['known', 'new']],
    ['the day in another order', entries('2 -5 tea R2\n2 -40 fee R1', 1000), ['new', 'known']],
    ['balances that have nothing to do with each other', entries('2 -40 fee R1', 7000), ['known']],
    ['without balances', entries('2 -40 fee R1'), ['known']],
  ])('%s', (_, delivered, expected) => {
    expect(verdicts(first, delivered)).toEqual(expected);
  });
});

describe('recognising entries', () => {
  const coffees = entries('2 -30 coffee\n2 -30 coffee\n2 -30 coffee');

  test('three equal coffees are three', () => {
    expect(verdicts([], coffees)).toEqual(['new', 'new', 'new']);
    expect(verdicts(coffees.slice(0, 2), coffees)).toEqual(['known', 'known', 'new']);
    expect(verdicts(coffees, coffees)).toEqual(['known', 'known', 'known']);
    expect(verdicts(coffees, [...coffees, coffees[0]!])).toEqual(['known', 'known', 'known', 'new']);
  });

  test('each stored entry answers once', () => {
    expect(recogniseEntries(coffees, coffees).map((r) => 'known' in r && r.known)).toEqual([0, 1, 2]);
  });

  test('a reference decides, whatever the text', () => {
    const first = entries('2 -30 coffee A1\n2 -30 coffee A2');
    expect(verdicts(first, entries('2 -30 COFFEE-SHOP A2\n2 -30 coffee A3'))).toEqual(['known', 'new']);
  });

  test('one reference on several entries: counted', () => {
    const three = entries('2 -30 a A1\n2 -30 b A1\n2 -30 c A1');
    expect(verdicts(three.slice(0, 1), three)).toEqual(['known', 'new', 'new']);
    expect(verdicts(three, three)).toEqual(['known', 'known', 'known']);
  });

  test.each([
    ['amount', '2 -31 coffee'],
    ['day', '3 -30 coffee'],
    ['text', '2 -30 tea'],
  ])('another %s is another entry', (_, row) => {
    expect(verdicts(coffees, entries(row))).toEqual(['new']);
  });

  test('a day delivered in parts: balances tell equal entries apart', () => {
    const morning = entries('2 -30 coffee', 100);
    const afternoon = entries('2 -30 coffee', 70);
    expect(verdicts(morning, afternoon)).toEqual(['new']);
    expect(verdicts(afternoon, morning)).toEqual(['new']);
    const whole = entries('2 -30 coffee\n2 -30 coffee', 100);
    expect(verdicts(morning, whole)).toEqual(['known', 'new']);
    expect(verdicts(whole, afternoon)).toEqual(['known']);
  });

  test('a day delivered again in another order is the same day', () => {
    const day = entries('2 -30 coffee\n2 -50 lunch\n2 -30 coffee', 200);
    expect(verdicts(day, entries('2 -50 lunch\n2 -30 coffee\n2 -30 coffee', 200))).toEqual(['known', 'known', 'known']);
    expect(verdicts(day, entries('2 -30 coffee\n2 -30 coffee\n2 -50 lunch', 200))).toEqual(['known', 'known', 'known']);
    const mixed = entries('2 -40 rent R1\n2 -30 coffee', 100);
    expect(verdicts(mixed, entries('2 -30 coffee\n2 -40 rent R1', 100))).toEqual(['known', 'known']);
  });

  test('without balances on one side content alone counts', () => {
    expect(verdicts(entries('2 -30 coffee', 100), entries('2 -30 coffee'))).toEqual(['known']);
    expect(verdicts(entries('2 -30 coffee'), entries('2 -30 coffee', 100))).toEqual(['known']);
  });

  test('another kind of source: the same content is known, the same amount asks a person', () => {
    const feed = entries('2 -30 coffee A1\n2 -50 lunch A2\n2 -70 dinner A3', 500);
    expect(recogniseEntries(feed, entries('2 -30 coffee\n2 -50 LUNSJ\n2 -60 taxi', null, 'csv'))).toEqual([
      { verdict: 'known', known: 0 },
      { verdict: 'suspicious', known: 1 },
      { verdict: 'new' },
    ]);
  });

  test('text is folded: case, blanks, mangled letters', () => {
    const [a, ...others] = [
      'Grønland  Papir',
      'GRØNLAND PAPIR',
      'GR?NLAND PAPIR',
      'Gr\ufffdnland Papir',
      'GrÃ¸nland Papir',
    ].map(foldText);
    expect(others.every((other) => other === a)).toBe(true);
    expect(foldText('Gronland Papir')).not.toBe(a);
  });
});

/** The books: new entries were added, nothing else changed. */
function deliver(books: RecognisableEntry[], delivery: RecognisableEntry[]): void {
  const recognised = recogniseEntries(books.slice(), delivery);
  for (const [i, { verdict }] of recognised.entries()) if (verdict === 'new') books.push(delivery[i]!);
}

const content = (all: readonly RecognisableEntry[]) => all.map(({ strong, weak }) => `${strong} ${weak}`).sort();

describe('random deliveries of one true history end with that history', () => {
  // Few days, few amounts, few texts: as many equal entries as possible.
  const movement = (reference: 'always' | 'never' | 'sometimes', sign: 'out' | 'any') =>
    fc.record({
      day: fc.integer({ min: 1, max: 4 }),
      amount: fc
        .integer({ min: 1, max: 3 })
        .chain((n) => fc.constantFrom(...(sign === 'out' ? [-n] : [n, -n])))
        .map(BigInt),
      text: fc.constantFrom('coffee', 'lunch'),
      reference: fc.constant(reference).chain((r) => (r === 'sometimes' ? fc.boolean() : fc.constant(r === 'always'))),
    });

  const history = (reference: 'always' | 'never' | 'sometimes', sign: 'out' | 'any') =>
    fc.array(movement(reference, sign), { minLength: 1, maxLength: 24 }).map((movements) => {
      let balance = 1000n;
      return movements
        .sort((a, b) => a.day - b.day)
        .map((m, i) => recognisable({ ...m, reference: m.reference ? `REF${i}` : null }, (balance += m.amount)));
    });

  /** Parts that cover the history, some overlapping, some delivered twice; in any order. */
  const deliveries = (length: number) =>
    fc
      .record({
        cuts: fc.array(fc.integer({ min: 0, max: length }), { maxLength: 6 }),
        more: fc.array(fc.tuple(fc.integer({ min: 0, max: length }), fc.integer({ min: 0, max: length })), {
          maxLength: 6,
        }),
        again: fc.array(fc.nat({ max: 12 }), { maxLength: 6 }),
        seed: fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
      })
      .map(({ cuts, more, again, seed }) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), length];
        const pieces = edges.slice(1).map((end, i): [number, number] => [edges[i]!, end]);
        pieces.push(...more.map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]));
        pieces.push(...again.map((i) => pieces[i % pieces.length]!));
        return pieces
          .map((piece, i) => ({ piece, key: seed[i % seed.length]! }))
          .sort((a, b) => a.key - b.key)
          .map(({ piece }) => piece);
      });

  /** Widened to whole days. */
  function wholeDays(all: readonly RecognisableEntry[], [from, to]: [number, number]): RecognisableEntry[] {
    if (from === to) return [];
    const [first, last] = [all[from]!.bookingDate, all[to - 1]!.bookingDate];
    return all.filter(({ bookingDate }) => bookingDate >= first && bookingDate <= last);
  }

  /** Whether the books equal the history after every series of deliveries; throws with the series if they do not. */
  function endsWithHistory(
    all: fc.Arbitrary<RecognisableEntry[]>,
    cut: (all: RecognisableEntry[], piece: [number, number]) => RecognisableEntry[],
  ): boolean {
    const played = all.chain((history) => fc.tuple(fc.constant(history), deliveries(history.length)));
    fc.assert(
      fc.property(played, ([history, pieces]) => {
        const books: RecognisableEntry[] = [];
        for (const piece of pieces) deliver(books, cut(history, piece));
        expect(content(books)).toEqual(content(history));
      }),
      { numRuns: 300, seed: 4 },
    );
    return true;
  }

  test('entries with references, cut anywhere', () => {
    expect(
      endsWithHistory(history('always', 'any'), (all, [from, to]) =>
        all.slice(from, to).map((entry) => ({ ...entry, balanceAfter: null })),
      ),
    ).toBe(true);
  });

  test('without references, whole days, without balances and in any order', () => {
    expect(
      endsWithHistory(history('never', 'any'), (all, piece) =>
        wholeDays(all, piece)
          .toReversed()
          .map((entry) => ({ ...entry, balanceAfter: null })),
      ),
    ).toBe(true);
  });

  test('without references, cut anywhere, with balances', () => {
    expect(endsWithHistory(history('never', 'out'), (all, [from, to]) => all.slice(from, to))).toBe(true);
  });

  test('some with references, cut anywhere, with balances', () => {
    expect(endsWithHistory(history('sometimes', 'out'), (all, [from, to]) => all.slice(from, to))).toBe(true);
  });

  test('some with references, whole days with balances, each delivery in an order of its own', () => {
    expect(
      endsWithHistory(history('sometimes', 'out'), (all, piece) => {
        const days = wholeDays(all, piece);
        if (days.length === 0 || piece[0] % 2 === 0) return days;
        let balance = days[0]!.balanceAfter! - days[0]!.amount;
        return days
          .toSorted((a, b) =>
            a.bookingDate === b.bookingDate ? (a.weak < b.weak ? -1 : 1) : a.bookingDate < b.bookingDate ? -1 : 1,
          )
          .map((entry) => ({ ...entry, balanceAfter: (balance += entry.amount) }));
      }),
    ).toBe(true);
  });
});
