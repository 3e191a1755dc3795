import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as text. They cannot be guessed, so storing a plain SHA-256 is enough (unlike a password). */
export function randomSecret(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** The only form in which a secret is stored and looked up; a lookup by hash leaks nothing through its timing. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
