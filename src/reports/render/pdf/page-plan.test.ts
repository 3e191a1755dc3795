import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReportRow, RowKind } from '../../foundations/report-model.ts';
import { isHeading, type PagePlan, type PageRoom, Pagination } from './page-plan.ts';
import type { LaidRow } from './rows/row-layout.ts';

const ROOM: PageRoom = { firstTop: 100, top: 50, bottom: 300, continuation: 10, after: 30 };

function row(kind: RowKind, level: number, more: Partial<ReportRow> = {}): ReportRow {
  return { kind, id: null, level, within: [], code: null, label: kind, cells: [], link: null, folded: false, ...more };
}

function laid(row: ReportRow, height = 10, before = 0): LaidRow {
  return { row, height, before } as LaidRow;
}

function paginate(rows: readonly LaidRow[], carries = false): PagePlan[] {
  const pagination = new Pagination(ROOM, carries);
  const pages = rows.flatMap((each) => pagination.add(each));
  return [...pages, ...pagination.end()];
}

const kinds = (page: PagePlan) => page.rows.map(({ laid }) => laid.row.kind);

/** Groups of lines with their sums, as reports have them. */
const report = fc
  .array(fc.record({ level: fc.integer({ min: 1, max: 3 }), lines: fc.integer({ min: 1, max: 40 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((groups) => [
    ...groups.flatMap(({ level, lines }) => [
      ...Array.from({ length: level }, (_, at) => row('group', at + 1)),
      ...Array.from({ length: lines }, () => row('account', level + 1)),
      row('subtotal', level),
    ]),
    row('computed', 1),
    row('total', 1),
  ]);

describe('pages', () => {
  test('hold every row once, in order, within their room', () => {
    fc.assert(
      fc.property(report, fc.array(fc.integer({ min: 8, max: 40 }), { minLength: 1 }), (rows, heights) => {
        const placed = rows.map((each, at) => laid(each, heights[at % heights.length], at % 3));
        const pages = paginate(placed);
        expect(pages.flatMap((page) => page.rows.map(({ laid }) => laid))).toEqual(placed);
        for (const page of pages) expect(page.bottom).toBeLessThanOrEqual(ROOM.bottom);
        expect(pages.map(({ last }) => last)).toEqual(pages.map((_, at) => at === pages.length - 1));
        expect(pages.at(-1)!.bottom).toBeLessThanOrEqual(ROOM.bottom - ROOM.after);
      }),
    );
  });

  test('never end with a heading nor begin with a sum, and a heading has two rows below it', () => {
    fc.assert(
      fc.property(report, (rows) => {
        const pages = paginate(rows.map((each) => laid(each)));
        for (const [at, page] of pages.entries()) {
          const [first, last] = [kinds(page)[0], kinds(page).at(-1)];
          expect(last).not.toBe('group');
          if (at > 0) expect(['subtotal', 'computed', 'total']).not.toContain(first);
          const next = pages[at + 1]?.rows[0]?.laid.row.kind;
          if (kinds(page).at(-2) === 'group') expect(next).not.toBe('account');
        }
      }),
    );
  });

  test('never end with a page of one or two rows', () => {
    fc.assert(
      fc.property(report, fc.array(fc.integer({ min: 8, max: 20 }), { minLength: 1 }), (rows, heights) => {
        const pages = paginate(rows.map((each, at) => laid(each, heights[at % heights.length])));
        if (pages.length > 1) expect([0, 1, 2]).not.toContain(pages.at(-1)!.rows.length);
      }),
    );
    // Twenty rows and the block after them fill a page; one more must not be alone on the next.
    const rows = Array.from({ length: 18 }, () => laid(row('account', 1)));
    expect(paginate(rows).map((page) => page.rows.length)).toEqual([15, 3]);
  });

  test('say which headings they continue', () => {
    const rows = [
      row('group', 1, { id: 'a', label: 'Eiendeler' }),
      row('group', 2, { id: 'b', label: 'Varer', within: ['a'] }),
      ...Array.from({ length: 30 }, () => row('account', 3, { within: ['a', 'b'] })),
      row('group', 2, { id: 'c', label: 'Fordringer', within: ['a'] }),
      ...Array.from({ length: 30 }, () => row('account', 3, { within: ['a', 'c'] })),
    ];
    const continued = paginate(rows.map((each) => laid(each))).map((page) => page.continued.map(({ title }) => title));
    expect(continued).toEqual([[], ['Eiendeler', 'Varer'], ['Eiendeler', 'Fordringer']]);
  });

  test('carry the running balance over, and only within an account', () => {
    const cells = (balance: bigint) => [{ amount: 7n }, { amount: balance }];
    const account = (from: bigint, lines: number) => [
      row('group', 1),
      row('opening', 2, { cells: [null, { amount: from }] }),
      ...Array.from({ length: lines }, (_, at) => row('line', 2, { cells: cells(from + BigInt(at)) })),
      row('closing', 2, { cells: [null, { amount: from + BigInt(lines - 1) }] }),
    ];
    const pages = paginate(
      [...account(1000n, 16), ...account(5000n, 40)].map((each) => laid(each)),
      true,
    );
    expect(pages.map(({ carriedOut }) => carriedOut?.amount ?? null)).toEqual([null, 5021n, null]);
    expect(pages.map(({ carriedIn }) => carriedIn?.amount ?? null)).toEqual([null, null, 5021n]);
    expect(kinds(pages[1]!).slice(0, 3)).toEqual(['group', 'opening', 'line']);
  });

  test('take rows that no page can hold together', () => {
    const rows = Array.from({ length: 100 }, (_, at) => row('group', at + 1));
    const pages = paginate(rows.map((each) => laid(each)));
    expect(pages.flatMap(({ rows }) => rows)).toHaveLength(100);
    expect(pages.length).toBeLessThan(8);
  });

  test('hold an empty report on one', () => {
    expect(paginate([])).toMatchObject([{ number: 1, rows: [], last: true, bottom: ROOM.firstTop }]);
  });
});

test('a group without anything below it is no heading', () => {
  expect(isHeading(row('group', 2), row('group', 2))).toBe(false);
  expect(isHeading(row('group', 2), row('account', 3))).toBe(true);
  expect(isHeading(row('account', 3), row('part', 4))).toBe(true);
  expect(isHeading(row('account', 3), row('account', 3))).toBe(false);
});
