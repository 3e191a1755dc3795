import { describe, expect, test } from 'vitest';
import { amountForm, readCsvAmount } from './csv-values.ts';

describe('an amount of a CSV export', () => {
  test.each([
    ['34.9', '.', 3490n],
    ['1 234,50', ',', 123450n],
    ['-20000', 'whole', -2000000n],
    ['12.500,50', ',', 1250050n],
    ['12,500.50', '.', 1250050n],
    ['1.234.567', ',', 123456700n],
    ['1,234,567', '.', 123456700n],
    ['1 234 567', 'whole', 123456700n],
    ['10027.2', '.', 1002720n],
    ['\u2212249,90', ',', -24990n],
    ['+0,5', ',', 50n],
    ['0.125', '.', 'amount-decimals'],
    ['1234.567', '.', 'amount-decimals'],
    ['12.500', 'either', 'amount-two-readings'],
    ['-1,000', 'either', 'amount-two-readings'],
    ['12 49,90', 'malformed', 'amount-malformed'],
    ['1.24,90', 'malformed', 'amount-malformed'],
    ['1.24.90', 'malformed', 'amount-malformed'],
    ['1,2,3', 'malformed', 'amount-malformed'],
    [',50', 'malformed', 'amount-malformed'],
    ['NOK 5', 'malformed', 'amount-malformed'],
    ['', 'malformed', 'amount-malformed'],
  ] as const)('%s is %s, read as %s', (text, form, amount) => {
    expect(amountForm(text)).toBe(form);
    expect(readCsvAmount(text, null)).toBe(amount);
  });

  test.each([
    ['12.500', ',', 1250000n],
    ['12.500', '.', 1250n],
    ['12,500', '.', 1250000n],
    ['12,500', ',', 1250n],
  ] as const)('%s in a file whose decimal mark is %s is %s', (text, mark, amount) => {
    expect(readCsvAmount(text, mark)).toBe(amount);
  });
});
