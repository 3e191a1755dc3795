import type { Ore } from '../../../kernel/money.ts';
import { type DecimalMark, readCsvAmount } from './csv-values.ts';

/** Content of a row below the entries. */
export interface CsvFooter {
  kind: 'opening' | 'closing' | 'total-in' | 'total-out';
  /** Null if the row has no readable amount. */
  amount: Ore | null;
}

const KINDS: readonly (readonly [CsvFooter['kind'], RegExp])[] = [
  ['opening', /^(?:inng[åa]ande|inng[åa]ende|opening) (?:saldo|balance)\b/],
  ['closing', /^(?:utg[åa]ande|utg[åa]ende|closing) (?:saldo|balance)\b/],
  ['total-in', /^(?:totalt?|sum) (?:bel[øo]p |amount )?(?:inn|in)\b/],
  ['total-out', /^(?:totalt?|sum) (?:bel[øo]p |amount )?(?:ut|out)\b/],
];

/** A row of balances or totals, recognised by its first words in bokmål, nynorsk or English; null for any other. */
export function readFooter(cells: readonly string[], decimal: DecimalMark | null): CsvFooter | null {
  const [label = '', ...rest] = cells.filter((cell) => cell !== '');
  const words = label.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
  const kind = KINDS.find(([, form]) => form.test(words))?.[0];
  if (!kind) return null;
  const amounts = [...rest, label.slice(label.lastIndexOf(':') + 1)].flatMap((cell) => {
    const value = readCsvAmount(cell.replace(/[A-Z]{3}$/, '').trim(), decimal);
    return typeof value === 'bigint' ? [value] : [];
  });
  return { kind, amount: amounts[0] ?? null };
}
