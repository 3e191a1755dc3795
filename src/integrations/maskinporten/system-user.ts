import { isObject } from '../../platform/outbound/json-answer.ts';

/** A customer's consent to our system, granted in Altinn. */
export interface SystemUser {
  /**
   * Number of the organisation that owns the system user; for an accountant's agent system user the accounting firm.
   */
  organizationNumber: string;
  /** If the system user was created with one. */
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

/** Whether a token's `authorization_details` belong to the organisation. */
export function isFor({ organizationNumber }: SystemUser, details: unknown): boolean {
  if (!Array.isArray(details) || details.length !== 1) return false;
  const [one] = details as unknown[];
  return isObject(one) && isObject(one.systemuser_org) && one.systemuser_org.ID === `0192:${organizationNumber}`;
}
