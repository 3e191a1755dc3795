import { createLocalJWKSet, errors as joseErrors, type JSONWebKeySet, jwtVerify } from 'jose';
import { isObject } from '../../platform/outbound/json-answer.ts';
import { broken } from './refusal.ts';

const AGAIN_MS = 30_000;
const KEPT_MS = 24 * 3_600_000;

/**
 * ID-porten's signing keys. Fetched once a day, and when a signature refers to an unknown one, but at most every half
 * minute, so that made-up key ids cause no requests.
 */
export class IdPortenKeys {
  #keys: { find: ReturnType<typeof createLocalJWKSet>; fetchedAt: number } | undefined;

  /** Throws 502 for a token that is not signed by one of the keys. `fetch` returns the current key set. */
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

  /** Returns whether they were fetched just now. */
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
      // Times and audience are already checked; only the signature is verified here.
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
