import type { RequestStatus } from './system-user-answer.ts';

/**
 * As the specification has them (`New`, `Pending`, `Active`), and how a request or a system user ends: `Rejected` by the
 * customer, `Denied` by Altinn's administration, `TimedOut` without a decision, `Deleted` at Altinn after approval.
 */
export const SYSTEM_USER_STATUSES = ['New', 'Pending', 'Active', 'Rejected', 'Denied', 'TimedOut', 'Deleted'] as const;
export type SystemUserStatus = (typeof SYSTEM_USER_STATUSES)[number];

/** What Altinn says at one moment. */
export interface Evidence {
  /** Null: Altinn does not know the request any more. */
  request: { status: RequestStatus; isEscalated: boolean } | null;
  /** Whether the system user is there; asked only where it can be. */
  hasSystemUser: boolean;
}

export interface Known {
  status: SystemUserStatus;
  acceptedAt: Date | null;
  returnedAt: Date | null;
}

/** Between approval and the system user Altinn may take a moment; after so long it was deleted. */
const ACCEPTED_WITHOUT_USER_MS = 3_600_000;

/** Nothing leads back from these; a new request does. */
export function hasEnded(status: SystemUserStatus): boolean {
  return status === 'Rejected' || status === 'Denied' || status === 'TimedOut' || status === 'Deleted';
}

/** Whether the answer about the request leaves open if there is a system user. */
export function mayHaveSystemUser({ request }: Pick<Evidence, 'request'>, known: Known | null): boolean {
  return request?.status === 'Accepted' || known?.status === 'Active' || known?.acceptedAt != null;
}

/** The status that follows, from what was known and what Altinn says now. */
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
