import type { Language } from '../../platform/errors.ts';
import { parseAmount } from '../../kernel/money.ts';
import { amountText } from '../../reports/index.ts';

/** With its currency, unless that is the kroner of the books. */
export function money(amount: string | null, currency: string | null, language: Language): string {
  if (amount === null) return '';
  const text = amountText(parseAmount(amount)!, language);
  return currency === null || currency === 'NOK' ? text : `${text} ${currency}`;
}
