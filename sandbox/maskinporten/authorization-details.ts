import { isSynthetic } from '../organizations.ts';
import { Refused } from './refusal.ts';

/** Organisations that have no approved system user for our system. */
const WITHOUT_SYSTEM_USER = new Set(['311012940']);

/** Checks a request for a system-user token (RFC 9396). Gives the token's `authorization_details`; none without. */
export function checkAuthorizationDetails(details: unknown, clientId: string): object[] | undefined {
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
  if (!number || !isSynthetic(number) || WITHOUT_SYSTEM_USER.has(number) || externalRef !== undefined)
    throw new Refused(
      'invalid_altinn_customer_configuration',
      'MP-303',
      'no approved system user for the organisation',
    );
  return [
    {
      type,
      systemuser_id: [`00000000-0000-4000-8000-000${number}`],
      systemuser_org: org,
      system_id: `313367002_${clientId}`,
    },
  ];
}
