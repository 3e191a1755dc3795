import { OutcomeUnknown, sqlState } from '../database/pool.ts';
import { AppError, invalid, type Language, problem, requestErrors } from '../errors.ts';
import { badEncoding } from './request-address.ts';

export interface ErrorBody {
  error: string;
  message: string;
  status: number;
  details: object;
}

/**
 * The one error body. `error` is the sentence in English, as in the specification's examples for every language;
 * `message` is the sentence in the reader's language.
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

/**
 * Converts any failure to a response. Errors other than our refusals and faults of the HTTP request become a bare 500.
 */
export function toAppError(error: unknown, requestId: string): AppError {
  if (error instanceof AppError) return error;
  const fromDatabase = databaseRefusal(error);
  if (fromDatabase) return fromDatabase;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'FST_ERR_BAD_URL':
      return badEncoding('path');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return invalid([problem('path', 'has a part that is too long', 'har en del som er for lang')]);
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

/** Seconds until it is worth retrying a database that was unreachable or full. */
const RETRY_AFTER = 5;

/** Connection failures, server going down, out of connections; waits for a lock or a statement that took too long. */
const UNAVAILABLE = /^(?:08...|57P0[1-5]|57014|53...|55P03|25P0[34])$/;
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT']);
/** The driver identifies these errors only by their messages. */
const DRIVER_SENTENCES =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|Client was closed|Cannot use a pool after calling end)/;

/** Database errors that the caller can act on; all others are faults of the server. */
function databaseRefusal(error: unknown): AppError | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof OutcomeUnknown) return requestErrors.outcome_unknown({ retry_after: RETRY_AFTER });
  const state = sqlState(error);
  if (state === '23503') return brokenReference(error);
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isGone =
    (state !== undefined && UNAVAILABLE.test(state)) ||
    (syscall === 'connect' && NO_CONNECTION.has(code ?? '')) ||
    DRIVER_SENTENCES.test(error.message) ||
    (error instanceof AggregateError && error.errors.some((one) => databaseRefusal(one)));
  return isGone ? requestErrors.unavailable({ retry_after: RETRY_AFTER }) : null;
}

/** A last resort: operations check their references themselves and give a better message. */
function brokenReference(error: Error): AppError {
  const { detail = '' } = error as Error & { detail?: string };
  if (/ is still referenced /.test(detail)) return requestErrors.still_referenced();
  const columns = /^Key \(([\w, ]{1,200})\)=/.exec(detail)?.[1]?.split(', ') ?? [];
  const field = columns.find((name) => name !== 'client_account_id') ?? columns[0] ?? 'body';
  return requestErrors.unknown_reference({ field }, [
    problem(field, 'refers to something that does not exist', 'viser til noe som ikke finnes'),
  ]);
}
