import { createLocalJWKSet, errors as joseErrors, type JSONWebKeySet, jwtVerify } from 'jose';
import { isObject } from '../../platform/outbound/json-answer.ts';
import { broken } from './refusal.ts';

const AGAIN_MS = 30_000;
const KEPT_MS = 24 * 3_600_000;

/**
 * The keys that ID-porten signs with. Fetched once a day, and when a signature names one that is not known, but not more
 * often than every half minute: whoever sends us a made-up key id makes us ask nobody.
 */
export class IdPortenKeys {
  #keys: { find: ReturnType<typeof createLocalJWKSet>; fetchedAt: number } | undefined;

  /** Throws 502 for a token that is not signed by one of the keys. `fetch` brings the key set as it stands. */
  async verify(token: string, now: number, fetch: () => Promise<unknown>): Promise<void> {
    const fresh = await this.#current(now, fetch);
    if (await this.#isSigned(token, now)) return;
    if (!fresh && now - this.#keys!.fetchedAt >= AGAIN_MS) {
      this.#keys = undefined;
      await this.#current(now, fetch);
      if (await this.#isSigned(token, now)) return;
    }
    throw broken('id_token without a valid signature');
  }

  /** Whether they were fetched just now. */
  async #current(now: number, fetch: () => Promise<unknown>): Promise<boolean> {
    if (this.#keys && now - this.#keys.fetchedAt < KEPT_MS) return false;
    const found = await fetch();
    if (!isObject(found) || !Array.isArray(found.keys)) throw broken('no key set');
    try {
      this.#keys = { find: createLocalJWKSet(found as unknown as JSONWebKeySet), fetchedAt: now };
    } catch {
      throw broken('no key set');
    }
    return true;
  }

  async #isSigned(token: string, now: number): Promise<boolean> {
    try {
      // Times and audience were looked at before; only the signature is the question here.
      await jwtVerify(token, this.#keys!.find, {
        algorithms: ['RS256', 'RS384', 'RS512'],
        currentDate: new Date(now),
        clockTolerance: 30,
      });
      return true;
    } catch (error) {
      if (error instanceof joseErrors.JOSEError || error instanceof TypeError) return false;
      throw error;
    }
  }
}
