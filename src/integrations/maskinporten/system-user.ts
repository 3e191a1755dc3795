import { isObject } from '../../platform/outbound/json-answer.ts';

/** A customer's consent to our system, given in Altinn. */
export interface SystemUser {
  /** Of the organisation that owns the system user; for an accountant's agent system user the accounting firm. */
  organizationNumber: string;
  /** Where the system user was made with one. */
  externalRef?: string;
}

/** `authorization_details` of the assertion: exactly one element (RFC 9396, Altinn's profile). */
export function systemUserDetails({ organizationNumber, externalRef }: SystemUser): object[] {
  return [
    {
      type: 'urn:altinn:systemuser',
      systemuser_org: { authority: 'iso6523-actorid-upis', ID: `0192:${organizationNumber}` },
      ...(externalRef ? { externalRef } : {}),
    },
  ];
}

/** Whether a token's `authorization_details` are those of the organisation. */
export function isFor({ organizationNumber }: SystemUser, details: unknown): boolean {
  if (!Array.isArray(details) || details.length !== 1) return false;
  const [one] = details as unknown[];
  return isObject(one) && isObject(one.systemuser_org) && one.systemuser_org.ID === `0192:${organizationNumber}`;
}
