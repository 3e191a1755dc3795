import { outboundErrors } from '../../../platform/outbound/errors.ts';
import type { JsonObject } from '../../../platform/outbound/json-answer.ts';
import { SERVICE } from '../altinn-problem.ts';

export const REQUEST_STATUSES = ['New', 'Accepted', 'Rejected', 'Denied', 'TimedOut'] as const;
/** In Altinn's spelling, except for `Timedout`. */
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The identifiers of a request; the same three mean the same request. */
export interface RequestKey {
  systemId: string;
  organizationNumber: string;
  externalRef: string;
}

/** A request for a system user in Altinn's response. */
export interface AltinnRequest extends RequestKey {
  /** A UUID in lower case; also the id of the system user, once it is approved. */
  id: string;
  status: RequestStatus;
  /** Forwarded to a person who administers access. */
  isEscalated: boolean;
  confirmUrl: string | null;
  redirectUrl: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads a request. Names are matched case-insensitively, as Altinn's casing varies. Throws outbound.contract_broken,
 * also for a different request than requested.
 */
export function readRequest(answer: JsonObject, asked: RequestKey & { id?: string }): AltinnRequest {
  const found = inSmallLetters(answer);
  const id = text(found.id).toLowerCase();
  const status = REQUEST_STATUSES.find((one) => one.toLowerCase() === text(found.status).toLowerCase());
  if (!UUID.test(id)) throw broken('a request without its id');
  if (!status) throw broken('a request with an unknown status');
  const key = {
    systemId: text(found.systemid),
    organizationNumber: text(found.partyorgno),
    externalRef: text(found.externalref),
  };
  const isOther =
    (asked.id !== undefined && id !== asked.id) ||
    key.systemId !== asked.systemId ||
    key.organizationNumber !== asked.organizationNumber ||
    key.externalRef !== asked.externalRef;
  if (isOther) throw broken('another request than was asked for');
  return {
    id,
    ...key,
    status: found.timedout === true && status === 'New' ? 'TimedOut' : status,
    isEscalated: found.escalated === true,
    confirmUrl: url(found.confirmurl),
    redirectUrl: url(found.redirecturl),
  };
}

/** Whether the system user of a request exists and is not deleted. Throws outbound.contract_broken. */
export function readSystemUser(answer: JsonObject, asked: RequestKey): { id: string; isDeleted: boolean } {
  const found = inSmallLetters(answer);
  const id = text(found.id).toLowerCase();
  if (!UUID.test(id)) throw broken('a system user without its id');
  if (text(found.reporteeorgno) !== asked.organizationNumber || text(found.systemid) !== asked.systemId)
    throw broken('another system user than was asked for');
  return { id, isDeleted: found.isdeleted === true };
}

function inSmallLetters(answer: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name.toLowerCase(), value]));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An address that a user may be sent to; anything else is dropped. */
function url(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2000 || !URL.canParse(value)) return null;
  return ['https:', 'http:'].includes(new URL(value).protocol) ? value : null;
}

function broken(reason: string) {
  return outboundErrors.contract_broken({ service: SERVICE, reason });
}
