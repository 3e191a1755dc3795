import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';

interface SigningPair {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** The keys that tokens are signed with: the newest signs, those still published verify. */
export class SigningKeys {
  #published: readonly [SigningPair, ...SigningPair[]];

  private constructor(first: SigningPair) {
    this.#published = [first];
  }

  static async make(): Promise<SigningKeys> {
    return new SigningKeys(await makePair());
  }

  /** Signs with a new key from now on. `keepOld`: the old one stays published, and its tokens good, for a while. */
  async rotate({ keepOld }: { keepOld: boolean }): Promise<void> {
    this.#published = [await makePair(), ...(keepOld ? this.#published : [])];
  }

  get current(): SigningPair {
    return this.#published[0];
  }

  get jwks(): { keys: JWK[] } {
    return { keys: this.#published.map(({ publicJwk }) => publicJwk) };
  }
}

async function makePair(): Promise<SigningPair> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomUUID();
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}
