import { isSynthetic } from '../organizations.ts';
import { Refused } from './refusal.ts';

/** The approved system user of an organisation in Altinn; null if there is none. */
export type FindSystemUser = (
  organizationNumber: string,
  externalRef: unknown,
) => Promise<{ id: string; systemId: string } | null>;

/** Checks a request for a system-user token (RFC 9396). Returns the token's `authorization_details`; none without. */
export async function checkAuthorizationDetails(
  details: unknown,
  findSystemUser: FindSystemUser,
): Promise<object[] | undefined> {
  if (details === undefined) return undefined;
  if (!Array.isArray(details) || details.length !== 1)
    throw new Refused('invalid_request', 'MP-303', 'authorization_details must have exactly one element');
  const { type, systemuser_org: org, externalRef, ...rest } = details[0] as Record<string, unknown>;
  if (type !== 'urn:altinn:systemuser')
    throw new Refused('invalid_request', 'MP-301', 'unknown authorization_details type');
  if (Object.keys(rest).length > 0)
    throw new Refused('invalid_request', 'MP-302', `unknown fields: ${Object.keys(rest).join(', ')}`);
  const { authority, ID } = (org ?? {}) as Record<string, unknown>;
  const number = authority === 'iso6523-actorid-upis' && /^0192:(\d{9})$/.exec(String(ID))?.[1];
  const found = number && isSynthetic(number) ? await findSystemUser(number, externalRef) : null;
  if (!found)
    throw new Refused(
      'invalid_altinn_customer_configuration',
      'MP-303',
      'no approved system user for the organisation',
    );
  return [{ type, systemuser_id: [found.id], systemuser_org: org, system_id: found.systemId }];
}
