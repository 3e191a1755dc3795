import type { RequestStatus } from './system-user-answer.ts';

/**
 * The specification's statuses (`New`, `Pending`, `Active`), and the final states of a request or system user:
 * `Rejected` by the customer, `Denied` by Altinn's administration, `TimedOut` without a decision, `Deleted` at Altinn
 * after approval.
 */
export const SYSTEM_USER_STATUSES = ['New', 'Pending', 'Active', 'Rejected', 'Denied', 'TimedOut', 'Deleted'] as const;
export type SystemUserStatus = (typeof SYSTEM_USER_STATUSES)[number];

/** Altinn's responses at one moment. */
export interface Evidence {
  /** Null: the request is no longer known to Altinn. */
  request: { status: RequestStatus; isEscalated: boolean } | null;
  /** Whether the system user exists; queried only if it may. */
  hasSystemUser: boolean;
}

export interface Known {
  status: SystemUserStatus;
  acceptedAt: Date | null;
  returnedAt: Date | null;
}

/** Altinn may need a moment between approval and the system user; after this time it was deleted. */
const ACCEPTED_WITHOUT_USER_MS = 3_600_000;

/** These are final; only a new request follows. */
export function hasEnded(status: SystemUserStatus): boolean {
  return status === 'Rejected' || status === 'Denied' || status === 'TimedOut' || status === 'Deleted';
}

/** Whether there may be a system user, judging by the response about the request. */
export function mayHaveSystemUser({ request }: Pick<Evidence, 'request'>, known: Known | null): boolean {
  return request?.status === 'Accepted' || known?.status === 'Active' || known?.acceptedAt != null;
}

/** The next status, from the previous one and Altinn's responses. */
export function statusFrom({ request, hasSystemUser }: Evidence, known: Known | null, now: Date): SystemUserStatus {
  if (hasSystemUser) return 'Active';
  if (known?.status === 'Active') return 'Deleted';
  if (!request) return known?.acceptedAt ? 'Deleted' : 'TimedOut';
  switch (request.status) {
    case 'New':
      return request.isEscalated || known?.returnedAt ? 'Pending' : 'New';
    case 'Accepted':
      return known?.acceptedAt && now.getTime() - known.acceptedAt.getTime() > ACCEPTED_WITHOUT_USER_MS
        ? 'Deleted'
        : 'Pending';
    default:
      return request.status;
  }
}
