import { AppError, invalid, type Language, problem, requestErrors } from '../errors.ts';

export interface ErrorBody {
  error: string;
  message: string;
  status: number;
  details: object;
}

/**
 * The one error body. `error` is the sentence in English, as the specification's examples show it whatever the language;
 * `message` is it in the reader's language.
 */
export function errorBody(error: AppError, language: Language): ErrorBody {
  return {
    error: error.sentence('en'),
    message: sentenceOf(error, language),
    status: error.spec.status,
    details: {
      ...error.facts,
      code: error.code,
      ...(error.fields.length > 0
        ? { fields: error.fields.map(({ path, problem: text }) => ({ path, problem: text[language] })) }
        : {}),
    },
  };
}

/** The first fault is part of the sentence, in the same language. */
function sentenceOf(error: AppError, language: Language): string {
  const first = error.fields[0];
  if (!first || !('first' in error.facts)) return error.sentence(language);
  const facts = { ...error.facts, first: `${first.path}: ${first.problem[language]}` };
  return new AppError(error.code, error.spec, facts).sentence(language);
}

/** Any failure as an answer. What is not a refusal of ours or a fault of the HTTP request is a bare 500. */
export function toAppError(error: unknown, requestId: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return requestErrors.too_large({
        limit: 'limit' in (error as object) ? Number((error as { limit: unknown }).limit) : 0,
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return requestErrors.unsupported_type({ expected: 'application/json' });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return invalid([problem('body', 'must be valid JSON', 'må være gyldig JSON')]);
  }
  if (error instanceof SyntaxError && 'statusCode' in error)
    return invalid([problem('body', 'must be valid JSON', 'må være gyldig JSON')]);
  return requestErrors.internal({ request_id: requestId });
}
