import { expect, test } from 'vitest';
import { visible, visibleLine } from './visible.ts';

test.each([
  ['Blåbær & Sønn AS', 'Blåbær & Sønn AS'],
  ['\u001b[2J\u001b]0;eier\u0007', '\\u001b[2J\\u001b]0;eier\\u0007'],
  ['A\rB\tC', 'A\\u000dB\\u0009C'],
  ['\u009b31m', '\\u009b31m'],
  ['SA\u202eKI', 'SA\\u202eKI'],
  ['\ud800', '\\ud800'],
  ['🙂', '🙂'],
])('%j is shown as %s', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(visibleLine(`${text}\n`)).toBe(`${shown}\\n`);
});

test('line ends stay where there are lines', () => {
  expect(visible('a\nb')).toBe('a\nb');
});
