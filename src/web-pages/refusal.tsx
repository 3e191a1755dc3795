import type { AppError, Language } from '../platform/errors.ts';

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
