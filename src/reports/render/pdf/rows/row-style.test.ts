import { expect, test } from 'vitest';
import type { ReportRow, RowKind } from '../../../foundations/report-model.ts';
import { contentsLayout } from '../contents.ts';
import { rowStyle } from './row-style.ts';
import type { Grid } from '../table/table-grid.ts';

const style = (kind: RowKind, level: number) => rowStyle({ kind, level } as ReportRow, false);

test('a computed result among accounts is no sum of the report', () => {
  expect(style('computed', 4)).toEqual(style('account', 4));
  expect(style('computed', 1)).toMatchObject({ bold: true, band: true, over: 'strong' });
});

test.each([
  ['upright', { pageWidth: 595, pageHeight: 842, left: 42.5, right: 552.5 }],
  ['across', { pageWidth: 842, pageHeight: 595, left: 34, right: 808 }],
])('%s: the numbers of the contents stand on the margin, in one column or several', (_, grid) => {
  for (const count of [5, 300]) {
    const entries = Array.from({ length: count }, (_, i) => ({
      title: `Konto ${i}`,
      level: 1,
      kind: 'group' as const,
      tablePage: 1,
      y: 0,
    }));
    const { columns, columnWidth } = contentsLayout(entries, grid as Grid, 120, 60, grid.pageHeight - 60);
    expect(grid.left + columns * columnWidth + (columns - 1) * 26).toBeCloseTo(grid.right, 6);
  }
});
