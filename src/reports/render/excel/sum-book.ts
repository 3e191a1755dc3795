import type { Ore } from '../../../kernel/money.ts';
import type { ReportRow } from '../../foundations/report-model.ts';
import { columnName } from './sheet-text.ts';

/** Position of a row. Sheets and rows count from 1. */
interface Place {
  sheet: number;
  row: number;
}

/** The rows below a row that are placed so far. */
interface Extent {
  sheet: number;
  first: number;
  last: number;
  count: number;
  /** Per column, over the rows that are not sums themselves. */
  sums: (Ore | undefined)[];
  /** Columns with a sum among the rows that SUBTOTAL would count as a figure. */
  mixed: Set<number>;
}

/** Excel: the longest formula. */
const MOST_CHARACTERS = 8192;

/**
 * Tracks the position of every row and the rows below it, and builds the formulas of sums. A formula is used only if it
 * gives exactly the amount of the report: recalculation in a spreadsheet must not change a report.
 */
export class SumBook {
  /** Columns before the model's own. */
  readonly #offset: number;
  readonly #extents = new Map<string, Extent>();
  readonly #rows = new Map<string, { place: Place; row: ReportRow }>();

  constructor(offset: number) {
    this.#offset = offset;
  }

  place(row: ReportRow, place: Place): void {
    if (row.id !== null) this.#rows.set(row.id, { place, row });
    for (const id of row.within) this.#add(id, row, place);
  }

  #add(id: string, row: ReportRow, { sheet, row: at }: Place): void {
    let extent = this.#extents.get(id);
    if (!extent) {
      extent = { sheet, first: at, last: at, count: 0, sums: [], mixed: new Set() };
      this.#extents.set(id, extent);
    }
    // Rows on two sheets are not a range.
    if (extent.sheet !== sheet) extent.sheet = 0;
    extent.last = at;
    extent.count++;
    if (row.sum) return;
    for (let column = 0; column < row.cells.length; column++) {
      const cell = row.cells[column];
      if (cell && 'amount' in cell) extent.sums[column] = (extent.sums[column] ?? 0n) + cell.amount;
    }
  }

  /** The formulas of a sum row's amounts, per column; null where the amount is written as a number. */
  formulas(row: ReportRow, place: Place): (string | null)[] | null {
    const { sum } = row;
    if (!sum) return null;
    const formulas = row.cells.map((cell, column) => {
      if (!cell || !('amount' in cell)) return null;
      return sum.of === 'below'
        ? this.#subtotal(row, column, cell.amount)
        : this.#terms(sum.terms, column, cell.amount, place);
    });
    for (const [column, formula] of formulas.entries()) {
      const cell = row.cells[column];
      if (!cell || !('amount' in cell) || formula?.startsWith('SUBTOTAL')) continue;
      for (const id of row.within) this.#extents.get(id)?.mixed.add(column);
    }
    return formulas;
  }

  #subtotal(row: ReportRow, column: number, amount: Ore): string | null {
    const extent = row.id === null ? undefined : this.#extents.get(row.id);
    if (!extent || extent.sheet === 0 || extent.mixed.has(column)) return null;
    if (extent.count !== extent.last - extent.first + 1 || extent.sums[column] !== amount) return null;
    const name = columnName(this.#offset + column);
    return `SUBTOTAL(9,${name}${extent.first}:${name}${extent.last})`;
  }

  #terms(
    terms: readonly { id: string; factor: 1 | -1 }[],
    column: number,
    amount: Ore,
    { sheet }: Place,
  ): string | null {
    let total = 0n;
    let formula = '';
    for (const { id, factor } of terms) {
      const found = this.#rows.get(id);
      const cell = found?.row.cells[column];
      if (!found || found.place.sheet !== sheet || !cell || !('amount' in cell)) return null;
      total += BigInt(factor) * cell.amount;
      const sign = factor === -1 ? '-' : formula === '' ? '' : '+';
      formula += `${sign}${columnName(this.#offset + column)}${found.place.row}`;
    }
    return formula !== '' && total === amount && formula.length < MOST_CHARACTERS ? formula : null;
  }
}
