import type { AppError, Language } from '../../platform/errors.ts';
import { parseAmount } from '../../kernel/money.ts';
import { amountText } from '../../reports/index.ts';

const PAGER = {
  earlier: { nb: 'Forrige side', en: 'Previous page' },
  later: { nb: 'Neste side', en: 'Next page' },
};

/** Why the requested action was refused. */
export function Refusal({ refusal, language }: { refusal: AppError | null; language: Language }) {
  if (!refusal) return null;
  return (
    <div class="message" role="alert">
      <p>{refusal.sentence(language)}</p>
      {refusal.fields.length > 0 && (
        <ul>
          {refusal.fields.map(({ path, problem }) => (
            <li>{`${path}: ${problem[language]}`}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface Pager {
  /** The name of the number parameter in the address. */
  name: string;
  meta: { page: number; pages: number };
  language: Language;
}

export function Pager({ name, meta: { page, pages }, language }: Pager) {
  if (pages <= 1) return null;
  return (
    <ul class="pages">
      {page > 1 && (
        <li>
          <a rel="prev" href={`?${name}=${page - 1}`}>
            {PAGER.earlier[language]}
          </a>
        </li>
      )}
      {page < pages && (
        <li>
          <a rel="next" href={`?${name}=${page + 1}`}>
            {PAGER.later[language]}
          </a>
        </li>
      )}
    </ul>
  );
}

/** With its currency, unless that is the kroner of the books. */
export function money(amount: string | null, currency: string | null, language: Language): string {
  if (amount === null) return '';
  const text = amountText(parseAmount(amount)!, language);
  return currency === null || currency === 'NOK' ? text : `${text} ${currency}`;
}
