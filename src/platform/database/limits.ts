import type { Config } from '../config.ts';
import { AppError, requestErrors } from '../errors.ts';

/** Limits on every wait of a transaction, in seconds. */
export interface DatabaseLimits {
  /** For a connection from the pool. */
  connectionSeconds: number;
  /** For a lock that another transaction holds; for a posting, its turn and the lock of its client account. */
  lockSeconds: number;
  /** For a statement. */
  statementSeconds: number;
  /** For a statement of an import or of a stream of rows, whose total time depends on its reader. */
  lastingSeconds: number;
  /** Between two statements of a transaction. */
  idleSeconds: number;
}

export const DEFAULT_LIMITS: DatabaseLimits = {
  connectionSeconds: 10,
  lockSeconds: 10,
  statementSeconds: 60,
  lastingSeconds: 3600,
  idleSeconds: 120,
};

export function limitsOf(config: Config): DatabaseLimits {
  return {
    connectionSeconds: config.databaseConnectionSeconds,
    lockSeconds: config.databaseLockSeconds,
    statementSeconds: config.databaseStatementSeconds,
    lastingSeconds: config.databaseLastingSeconds,
    idleSeconds: config.databaseIdleSeconds,
  };
}

/** For a command, which has no client waiting for a response. */
export function commandLimitsOf(config: Config): DatabaseLimits {
  return { ...limitsOf(config), statementSeconds: config.databaseLastingSeconds };
}

const RETRY_AFTER_SECONDS = 5;

/**
 * The database was not done in time: nothing changed, and the same request may succeed a little later. Answered as 503.
 */
export function busy(cause?: unknown): AppError {
  const error = requestErrors.busy({ retry_after: RETRY_AFTER_SECONDS });
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** SQLSTATEs of a wait that reached its limit: for a lock, for a statement, between statements. */
const AT_ITS_LIMIT = new Set(['55P03', '57014', '25P03']);

/** The refusal for a wait that reached its limit; any other error unchanged. */
export function busyAtLimit(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  return 'code' in error && AT_ITS_LIMIT.has(String(error.code)) ? busy(error) : error;
}

/** Whether a transaction ended because another transaction held a lock for too long. */
export function isLockTimeout(error: unknown): boolean {
  return isBusy(error) && (error.cause as { code?: unknown } | undefined)?.code === '55P03';
}

export function isBusy(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'request.busy';
}

/** How pg-pool reports that no connection was returned, or that the server did not answer, in time. */
export function isConnectionTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(timeout exceeded when trying to connect|.* due to connection timeout)$/.test(error.message)
  );
}
