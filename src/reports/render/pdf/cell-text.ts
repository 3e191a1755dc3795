import type { Language } from '../../../platform/errors.ts';
import type { Cell } from '../../foundations/report-model.ts';
import { amountText, dateText, numberText } from '../../foundations/report-numbers.ts';

/** Figures are right-aligned and never broken; words may be. */
export type CellText = { figures: string } | { words: string } | null;

export function cellText(cell: Cell, language: Language): CellText {
  if (cell === null) return null;
  if ('amount' in cell) return { figures: amountText(cell.amount, language) };
  if ('number' in cell) return { figures: numberText(cell.number, language) };
  if ('date' in cell) return { figures: dateText(cell.date, language) };
  return cell.text === '' ? null : { words: cell.text };
}
