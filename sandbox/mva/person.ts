import type { JWTPayload } from 'jose';
import { bearerClaims, hasScope, type Issuer } from '../bearer.ts';
import type { StandInRequest, StandInWorld } from '../stand-in.ts';

/** A person's rights for an organisation's return: none, fill in, or also sign. */
export type Power = 'none' | 'fill' | 'sign';

/** By national identity number: for all organisations, or the one named. */
const POWERS: Readonly<Record<string, { power: Power; organization?: string }>> = {
  '06891548603': { power: 'sign' },
  '28818698897': { power: 'sign' },
  '26899299344': { power: 'fill' },
  '21865898093': { power: 'sign', organization: '310049573' },
  '27889398510': { power: 'sign', organization: '311123254' },
};
/** A client without any rights (403 and empty lists everywhere). */
const NOBODYS = '310904473';

/** The rights of each person; actions change them. */
export class Powers {
  readonly #changed = new Map<string, Power>();

  of(pid: string, organizationNumber: string): Power {
    const changed = this.#changed.get(`${pid} ${organizationNumber}`);
    if (changed) return changed;
    const known = POWERS[pid];
    if (!known || organizationNumber === NOBODYS) return 'none';
    return known.organization === undefined || known.organization === organizationNumber ? known.power : 'none';
  }

  change(pid: string, organizationNumber: string, power: Power): void {
    this.#changed.set(`${pid} ${organizationNumber}`, power);
  }

  clear(): void {
    this.#changed.clear();
  }
}

/** The person's claims in a token of this issuer with this scope; otherwise the status that refuses it. */
export async function personOf(
  request: Pick<StandInRequest, 'headers'>,
  world: Pick<StandInWorld, 'clock' | 'addressOf'>,
  { issuer, scope }: { issuer: Issuer; scope: string },
): Promise<{ pid: string; claims: JWTPayload } | { refused: 401 | 403 }> {
  const claims = await bearerClaims(request, world, [issuer]);
  if (!claims || typeof claims.pid !== 'string') return { refused: 401 };
  return hasScope(claims, scope) ? { pid: claims.pid, claims } : { refused: 403 };
}
