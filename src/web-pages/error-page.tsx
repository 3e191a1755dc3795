import type { AppError, Language } from '../platform/errors.ts';
import { page } from './page-layout.tsx';

const HEADINGS: Record<number, { nb: string; en: string }> = {
  403: { nb: 'Ingen tilgang', en: 'No access' },
  404: { nb: 'Siden finnes ikke', en: 'Page not found' },
};
const OTHERWISE = { nb: 'Det gikk ikke', en: 'That did not work' };
const BACK = { nb: 'Til klientkontoene', en: 'To the client accounts' };

export function errorPage(error: AppError, language: Language, signedIn: boolean) {
  const title = (HEADINGS[error.spec.status] ?? OTHERWISE)[language];
  return page({
    title,
    language,
    signedIn,
    body: (
      <div class="wrap">
        <h1>{title}</h1>
        <p class="lead">{error.sentence(language)}</p>
        {error.fields.length > 0 && (
          <ul>
            {error.fields.map(({ path, problem }) => (
              <li>{`${path}: ${problem[language]}`}</li>
            ))}
          </ul>
        )}
        <p>
          <a href="/">{BACK[language]}</a>
        </p>
      </div>
    ),
  });
}
