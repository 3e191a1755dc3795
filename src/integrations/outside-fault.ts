import { AppError } from '../platform/errors.ts';

const DOMAINS = new Set(['outbound', 'maskinporten', 'system_users', 'dialogporten']);

/** Whether a party failed or refused. A fault of our own, such as a busy database, is not one. */
export function isOutsideFault(error: unknown): error is AppError {
  return error instanceof AppError && DOMAINS.has(error.code.split('.')[0]!);
}
