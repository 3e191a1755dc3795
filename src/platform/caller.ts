import type { Language } from './errors.ts';

export const SCOPES = ['read:profile', 'write:profile', 'read:accounting', 'write:accounting'] as const;
export type Scope = (typeof SCOPES)[number];

/** US user, AA accountant, CA client account owner, BK bookkeeper, EM employee. */
export const ROLES = ['US', 'AA', 'CA', 'BK', 'EM'] as const;
export type Role = (typeof ROLES)[number];

/** Roles that may read the books, that may write them, and that may change settings, users and locks. */
export const READERS: readonly Role[] = ['AA', 'CA', 'BK', 'US'];
export const BOOKKEEPERS: readonly Role[] = ['AA', 'CA', 'BK'];
export const ADMINS: readonly Role[] = ['AA', 'CA'];
export const EVERY_ROLE: readonly Role[] = ROLES;

/** The user (or a user's program) that sends a request, and its access. */
export interface Caller {
  userId: number;
  scopes: ReadonlySet<Scope>;
  /** Roles per client account: direct ones and those through an approved contract of the caller's firm. */
  roles: ReadonlyMap<number, ReadonlySet<Role>>;
  language: Language;
  /** How the caller authenticated; absent for internal calls. A program with delegated access cannot pass it on. */
  via?: 'session' | 'access_token' | 'oauth';
}

/** Client accounts in which the caller has at least one of the roles, in ascending order. */
export function clientAccountsWith(caller: Caller, roles: readonly Role[]): number[] {
  const ids: number[] = [];
  for (const [id, held] of caller.roles) if (roles.some((role) => held.has(role))) ids.push(id);
  return ids.sort((a, b) => a - b);
}
