import { formatAmount } from '../../kernel/money.ts';
import type { AppError, FieldProblem } from '../../platform/errors.ts';
import type { Totals } from './entry-check.ts';
import { ledgerErrors } from '../errors.ts';

/** The error for a refused entry: it does not balance, or it breaks rules (all of them, by field). */
export function entryRefusal(problems: FieldProblem[], totals?: Totals): AppError {
  if (totals) {
    return ledgerErrors.unbalanced({
      debit: formatAmount(totals.debit),
      credit: formatAmount(totals.credit),
      difference: formatAmount(totals.debit - totals.credit),
    });
  }
  const first = problems[0];
  return ledgerErrors.invalid_entry({ first: first ? `${first.path}: ${first.problem.en}` : '' }, problems);
}
