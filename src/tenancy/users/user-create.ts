import sql from 'sql-template-tag';
import { type Transaction, violatedConstraint } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { tenancyErrors } from '../errors.ts';
import { hashPassword } from '../sign-in/password.ts';

export interface NewUser {
  email: string;
  firstName?: string;
  lastName?: string;
  /** Without a password the user cannot sign in until invited or given one. */
  password?: string;
  language?: Language;
}

/**
 * Creates a user and returns its id. Throws `tenancy.email_taken`; e-mail addresses are compared case-insensitively.
 */
export async function createUser(tx: Transaction, user: NewUser): Promise<number> {
  const passwordHash = user.password === undefined ? null : await hashPassword(user.password);
  try {
    const { id } = await tx.one<{ id: number }>(sql`
      insert into users (email, first_name, last_name, password_hash, language)
      values (${user.email.trim()}, ${user.firstName ?? ''}, ${user.lastName ?? ''}, ${passwordHash}, ${user.language ?? 'nb'})
      returning id`);
    return id;
  } catch (error) {
    if (violatedConstraint(error) === 'users_email') throw tenancyErrors.email_taken();
    throw error;
  }
}
