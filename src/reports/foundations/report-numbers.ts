import type { FiscalYear } from '../../kernel/fiscal-year.ts';
import { dayOf, type LocalDate, monthOf, yearOf } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';

const NO_BREAK = '\u00a0';
const MINUS = '\u2212';

/** `−1 234 567,89` in Norwegian, `−1,234,567.89` in English, with a minus sign and non-breaking spaces. */
export function amountText(amount: Ore, language: Language): string {
  const isNegative = amount < 0n;
  const digits = String(isNegative ? -amount : amount).padStart(3, '0');
  const whole = inThousands(digits.slice(0, -2), language === 'nb' ? NO_BREAK : ',');
  return `${isNegative ? MINUS : ''}${whole}${language === 'nb' ? ',' : '.'}${digits.slice(-2)}`;
}

function inThousands(digits: string, separator: string): string {
  let text = digits.slice(-3);
  for (let end = digits.length - 3; end > 0; end -= 3)
    text = `${digits.slice(Math.max(end - 3, 0), end)}${separator}${text}`;
  return text;
}

/** `11,11` in Norwegian for the decimal `11.11`. */
export function numberText(number: string, language: Language): string {
  return language === 'nb' ? number.replace('.', ',') : number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `31.12.2025` or `31 Dec 2025`. */
export function dateText(date: LocalDate, language: Language): string {
  const day = dayOf(date);
  return language === 'nb'
    ? `${date.slice(8)}.${date.slice(5, 7)}.${date.slice(0, 4)}`
    : [day, MONTHS[monthOf(date) - 1], yearOf(date)].join(NO_BREAK);
}

const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo', dateStyle: 'short', timeStyle: 'short' });

/** Norwegian time: `15.03.2026 kl. 11:00` or `15 Mar 2026, 11:00`. */
export function timeText(time: Date, language: Language): string {
  const [date = '', minute = ''] = clock.format(time).split(' ');
  return language === 'nb' ? `${dateText(date, 'nb')} kl.${NO_BREAK}${minute}` : `${dateText(date, 'en')}, ${minute}`;
}

/** `987 654 321` */
export function organizationNumberText(number: string): string {
  return number.replace(/^(\d{3})(\d{3})(\d{3})$/, [1, 2, 3].map((part) => `$${part}`).join(NO_BREAK));
}

/** `2025`, or `2025/26` if it spans two calendar years. */
export function fiscalYearText({ from, to }: FiscalYear): string {
  const [first, last] = [from.slice(0, 4), to.slice(0, 4)];
  return first === last ? first : `${first}/${last.slice(2)}`;
}
