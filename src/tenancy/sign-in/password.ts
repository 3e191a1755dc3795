import { hash, verify } from '@node-rs/argon2';
import { type FieldProblem, problem } from '../../platform/errors.ts';

/**
 * Argon2id, 19 MiB, two passes (OWASP Password Storage Cheat Sheet); the library's defaults, spelled out so that they
 * stay.
 */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of no password, so that an unknown user takes as long as a wrong password. */
const HASH_OF_NO_USER =
  '$argon2id$v=19$m=19456,t=2,p=1$kpLzPJZmdz8qbjK3xiq8+w$irZ2Ofk3bA9iaKI1V/LwalMxOtSKV3S49oDoy6jKgik';

const MIN_LENGTH = 12;
const MAX_LENGTH = 200;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST);
}

/** Takes the same time with or without a stored hash. */
export async function passwordMatches(storedHash: string | null | undefined, password: string): Promise<boolean> {
  const matches = await verify(storedHash ?? HASH_OF_NO_USER, password.normalize('NFKC'));
  return matches && storedHash != null;
}

/** Only length counts (NIST SP 800-63B section 3.1.1.2); no rules of composition. */
export function passwordProblems(password: string, email: string, path = 'password'): FieldProblem[] {
  const length = Array.from(password).length;
  if (length < MIN_LENGTH)
    return [problem(path, `must have at least ${MIN_LENGTH} characters`, `må ha minst ${MIN_LENGTH} tegn`)];
  if (length > MAX_LENGTH)
    return [problem(path, `must have at most ${MAX_LENGTH} characters`, `kan ha høyst ${MAX_LENGTH} tegn`)];
  if (new Set(password.toLowerCase()).size < 4 || password.toLowerCase() === email.toLowerCase())
    return [problem(path, 'is too easy to guess', 'er for lett å gjette')];
  return [];
}
