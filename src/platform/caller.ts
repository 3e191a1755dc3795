import type { Language } from './errors.ts';

export const SCOPES = ['read:profile', 'write:profile', 'read:accounting', 'write:accounting'] as const;
export type Scope = (typeof SCOPES)[number];

/** US user, AA accountant, CA client account owner, BK bookkeeper, EM employee. */
export const ROLES = ['US', 'AA', 'CA', 'BK', 'EM'] as const;
export type Role = (typeof ROLES)[number];

/** Who may read the books, who may write them, and who may change settings, users and locks. */
export const READERS: readonly Role[] = ['AA', 'CA', 'BK', 'US'];
export const BOOKKEEPERS: readonly Role[] = ['AA', 'CA', 'BK'];
export const ADMINS: readonly Role[] = ['AA', 'CA'];
export const EVERY_ROLE: readonly Role[] = ROLES;

/** The person (or program of a person) behind a request, and what it may reach. */
export interface Caller {
  userId: number;
  scopes: ReadonlySet<Scope>;
  /** Roles per client account: direct ones and those through an approved contract of the caller's firm. */
  roles: ReadonlyMap<number, ReadonlySet<Role>>;
  language: Language;
  /** How the caller proved who it is; absent inside the house. A program with delegated access cannot pass it on. */
  via?: 'session' | 'access_token' | 'oauth';
}

/** Client accounts in which the caller has at least one of the roles, in ascending order. */
export function clientAccountsWith(caller: Caller, roles: readonly Role[]): number[] {
  const ids: number[] = [];
  for (const [id, held] of caller.roles) if (roles.some((role) => held.has(role))) ids.push(id);
  return ids.sort((a, b) => a - b);
}
