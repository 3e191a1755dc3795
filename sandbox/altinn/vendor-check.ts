import { bearerClaims, consumerOf, hasScope } from '../bearer.ts';
import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';

export interface Vendor {
  organizationNumber: string;
  clientId: string;
}

/**
 * The vendor that a token of Maskinporten, or one exchanged for it, belongs to. A missing scope is 403 without a body.
 */
export async function checkVendor(
  request: StandInRequest,
  world: StandInWorld,
  scopes: readonly string[],
): Promise<Vendor | { refused: StandInAnswer }> {
  const claims = await bearerClaims(request, world, ['maskinporten', 'altinn']);
  if (!claims) return { refused: { status: 401 } };
  const organizationNumber = consumerOf(claims);
  if (!organizationNumber || !scopes.some((scope) => hasScope(claims, scope))) return { refused: { status: 403 } };
  return { organizationNumber, clientId: String(claims.client_id) };
}
