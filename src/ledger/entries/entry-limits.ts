import { formatAmount, MAX_AMOUNT, MAX_ENTRY_TOTAL, MAX_TURNOVER, type Ore } from '../../kernel/money.ts';
import type { AppError } from '../../platform/errors.ts';
import type { PreparedEntry } from './prepared-entry.ts';
import { ledgerErrors } from '../errors.ts';

/**
 * Why an entry is too large for books that hold `turnover`; undefined if it fits. Within these limits every sum of
 * lines is exact in every representation (decision 0012).
 */
export function beyondLimits({ total, lines }: PreparedEntry, turnover: Ore): AppError | undefined {
  const largest = lines.reduce((most, { debit, credit }) => {
    const amount = debit + credit;
    return amount > most ? amount : most;
  }, 0n);
  if (largest > MAX_AMOUNT)
    return ledgerErrors.line_too_large({ amount: formatAmount(largest), limit: formatAmount(MAX_AMOUNT) });
  if (total > MAX_ENTRY_TOTAL)
    return ledgerErrors.entry_too_large({ total: formatAmount(total), limit: formatAmount(MAX_ENTRY_TOTAL) });
  if (turnover + total > MAX_TURNOVER)
    return ledgerErrors.books_full({
      total: formatAmount(total),
      turnover: formatAmount(turnover),
      limit: formatAmount(MAX_TURNOVER),
    });
  return undefined;
}
