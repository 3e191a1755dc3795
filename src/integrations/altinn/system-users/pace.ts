import { hasEnded, type SystemUserStatus } from './status.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A user may be at the approval page. */
const EAGER_MS = 10 * MINUTE_MS;
/** Most are decided within days; Altinn lets them time out between the 10th day and half a year. */
const PATIENT_MS = 10 * DAY_MS;
const LONGEST_AFTER_FAILURE_MS = 6 * HOUR_MS;

/** When Altinn is queried next; null means never. `since`: the time of the last action by a person. */
export function nextSync(status: SystemUserStatus, { since, now }: { since: Date; now: Date }): Date | null {
  if (hasEnded(status)) return null;
  const after = (ms: number) => new Date(now.getTime() + ms);
  // The only remaining change is a deletion at Altinn.
  if (status === 'Active') return after(DAY_MS);
  const age = now.getTime() - since.getTime();
  if (age < EAGER_MS) return after(MINUTE_MS);
  return after(age < PATIENT_MS ? HOUR_MS : 6 * HOUR_MS);
}

/** After consecutive failures: doubled each time, up to six hours. */
export function nextAfterFailure(failures: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(MINUTE_MS * 2 ** Math.min(failures, 20), LONGEST_AFTER_FAILURE_MS));
}
