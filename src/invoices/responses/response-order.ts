import { RESPONSE_STATUSES, type ResponseStatus } from '../../ehf/index.ts';
import type { ResponseContent } from './response-content.ts';

export interface GivenStatus {
  status_code: ResponseStatus;
  content: ResponseContent;
}

/**
 * Whether an answer may follow another one: the status of an invoice only advances. A query may be followed by the next one,
 * a partial payment by more. Nothing follows a rejection or the whole payment (BIS Invoice Response 3, OP-BR111-R012).
 */
export function mayFollow(standing: GivenStatus, next: Pick<GivenStatus, 'status_code'>): boolean {
  if (isFinal(standing)) return false;
  const [from, to] = [standing, next].map(({ status_code }) => RESPONSE_STATUSES.indexOf(status_code));
  return to! > from! || (to === from && (next.status_code === 'UQ' || next.status_code === 'PD'));
}

function isFinal({ status_code, content }: GivenStatus): boolean {
  return status_code === 'RE' || (status_code === 'PD' && !content.reasons.some(({ code }) => code === 'PPD'));
}
