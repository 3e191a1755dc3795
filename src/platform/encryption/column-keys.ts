import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** An encryption key for columns, and the id it is found by. */
export interface ColumnKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** The encrypted value of a column. */
export interface Sealed {
  /** The key that opens it; a separate column, so that rows under an old key are found. */
  keyId: string;
  /** 12 bytes of nonce, 16 bytes of tag, the ciphertext. */
  value: Buffer;
}

/** The value was sealed under a key that this installation does not have, or for another place, or it was changed. */
export class CannotOpen extends Error {
  override name = 'CannotOpen';
}

const NONCE = 12;
const TAG = 16;

/**
 * Encryption of texts that must not be stored in clear: AES-256-GCM under keys of the configuration. The first key
 * seals; all of them open. To rotate, put a new key in front and keep the old one until no row refers to it.
 */
export class ColumnKeys {
  readonly #current: ColumnKey;
  readonly #known: ReadonlyMap<string, Buffer>;

  constructor(keys: readonly [ColumnKey, ...ColumnKey[]]) {
    this.#current = keys[0];
    this.#known = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** The id of the key that seals. */
  get currentId(): string {
    return this.#current.id;
  }

  /** `place`: table and key of the row; a value sealed for one row does not open in another. */
  seal(text: string, place: string): Sealed {
    const { id, key } = this.#current;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
    cipher.setAAD(Buffer.from(place));
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return { keyId: id, value: Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]) };
  }

  /** Throws CannotOpen. */
  open({ keyId, value }: Sealed, place: string): string {
    const key = this.#known.get(keyId);
    if (!key) throw new CannotOpen(`no key ${keyId}`);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, value.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(value.subarray(NONCE, NONCE + TAG));
      return Buffer.concat([decipher.update(value.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
    } catch {
      throw new CannotOpen('sealed for another place, or changed');
    }
  }
}
