import { formatAmount } from '../../../kernel/money.ts';
import { type CamtNode, group, leaf } from './node.ts';
import type { CamtState, Summary } from './state.ts';

function totals(of: Summary['of']): CamtNode {
  const last = (s: CamtState) => s.summaries.at(-1)!;
  return group(
    {
      NbOfNtries: leaf((s, text) => void (last(s).count = s.count(text))),
      Sum: leaf((s, text) => void (last(s).sum = s.amount(text))),
    },
    (s) => void s.summaries.push({ of, count: null, sum: null, line: s.line() }),
  );
}

/** TxsSummry: counts and sums, without signs. */
export const SUMMARY = group({
  TtlNtries: totals('all'),
  TtlCdtNtries: totals('credit'),
  TtlDbtNtries: totals('debit'),
});

/** Banks count booked entries or all of them: either is accepted. */
export function checkSummary(s: CamtState): void {
  for (const { of, count, sum, line } of s.summaries) {
    const every = s.seen.every[of];
    const booked = s.seen.booked[of];
    const right = [every, booked].some(
      (is) => (count === null || is.count === count) && (sum === null || is.sum === sum),
    );
    if (right) continue;
    s.faults.add('summary-mismatch', {
      statement: s.statement!.index,
      line,
      path: `${s.path()}/TxsSummry`,
      found: `${count ?? '-'}, ${sum === null ? '-' : formatAmount(sum)}`,
      expected: `${booked.count}, ${formatAmount(booked.sum)}`,
    });
  }
}
