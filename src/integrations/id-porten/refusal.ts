import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { AppError } from '../../platform/errors.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { idPortenErrors } from './errors.ts';

export const SERVICE = 'ID-porten';

/** The grant has ended there: expired, revoked or logged out (RFC 6749 section 5.2, invalid_grant). */
export class GrantEnded extends Error {
  override name = 'GrantEnded';
}

/**
 * Converts the library's error to ours. It contains nothing that was sent or received, because that may include tokens.
 */
export function asRefusal(error: unknown): Error {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof AppError) return cause;
  if (error instanceof ResponseBodyError) {
    if (error.error === 'invalid_grant') return new GrantEnded('invalid_grant');
    return idPortenErrors.refused({ reason: codeOf(error.error), service: SERVICE });
  }
  if (error instanceof AuthorizationResponseError) {
    if (error.error === 'access_denied') return idPortenErrors.cancelled({ service: SERVICE });
    return idPortenErrors.login_failed({ reason: codeOf(error.error), service: SERVICE });
  }
  if (error instanceof ClientError || error instanceof TypeError)
    return broken((error as { code?: string }).code ?? error.message);
  return error instanceof Error ? error : new Error(String(error));
}

/** A response that violates the protocol: 502. */
export function broken(reason: string): AppError {
  return outboundErrors.contract_broken({ service: SERVICE, reason });
}

/** A code of the standard; anything else is not quoted. */
function codeOf(error: string): string {
  return /^[a-z_]{1,50}$/.test(error) ? error : 'unknown';
}
