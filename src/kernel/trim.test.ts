import { expect, test } from 'vitest';
import { trimEndOf, trimZeros } from './trim.ts';

test.each([
  ['name \t\n', ' \t\n', 'name'],
  [' a b ', ' ', ' a b'],
  ['1500', '0', '15'],
  ['000', '0', ''],
  ['', '0', ''],
])('%j without %j at its end is %j', (text, characters, trimmed) => {
  expect(trimEndOf(text, characters)).toBe(trimmed);
});

test.each([
  ['25.0000', '25'],
  ['11.1100', '11.11'],
  ['0.00', '0'],
  ['100', '100'],
  ['1000.500', '1000.5'],
])('%s in plain form is %s', (decimal, plain) => {
  expect(trimZeros(decimal)).toBe(plain);
});
