import sql from 'sql-template-tag';
import { assignments } from '../../platform/database/columns.ts';
import { invalid, type Language, problem } from '../../platform/errors.ts';
import type { Static } from '../../platform/http/schema.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { placeOf, throttled } from '../sign-in/throttle.ts';
import { tenancyErrors } from '../errors.ts';
import { hashPassword, passwordMatches, passwordProblems } from '../sign-in/password.ts';
import { secretHash } from '../secret.ts';
import { type EndedShape, meJson } from './user.ts';
import { loadMe } from './user-me-get.ts';

export interface MeChanges {
  first_name?: string;
  last_name?: string;
  language?: Language;
  profile_image_url?: string | null;
  current_password?: string;
  new_password?: string;
  /** Keeps access tokens and programs when the password changes; the other sessions end anyway. */
  keep_access_tokens?: boolean;
}

interface Input {
  changes: MeChanges;
  /** The session that makes the change; all others end when the password changes. */
  session: string | undefined;
  /** The sender's address. */
  address: string;
}

const change = changesAccess(
  writeOperation({
    name: 'users.me.update',
    access: { kind: 'user', scope: 'write:profile' },
    async run(context, { changes, session }: Input) {
      const { tx, caller } = context;
      const before = meJson(await loadMe(context));
      const { first_name, last_name, language, profile_image_url } = changes;
      const asked = { first_name, last_name, language, profile_image_url };
      if (Object.values(asked).some((value) => value !== undefined))
        await tx.execute(sql`update users set ${assignments(asked)} where id = ${caller.userId}`);
      const newPassword = changes.new_password !== undefined;
      const ended = newPassword ? await changePassword(context, changes, session, before.email) : null;
      const after = meJson(await loadMe(context));
      context.audit({
        recordType: 'user',
        recordId: caller.userId,
        before,
        after: ended ? { ...after, password: 'changed', ended } : after,
      });
      return ended ? { ...after, ended } : after;
    },
  }),
);

/** Throttled: a person at another user's open session must not guess the password, nor lock out its owner. */
export const updateMe = throttled(change, ({ changes, address }, { caller }) =>
  changes.new_password !== undefined && caller
    ? [{ key: `password change of ${caller.userId} from ${placeOf(address)}`, most: 10, seconds: 900 }]
    : [],
);

async function changePassword(
  context: Context,
  changes: MeChanges,
  session: string | undefined,
  email: string,
): Promise<Ended> {
  const { tx, caller } = context;
  const { current_password: current, new_password: next = '' } = changes;
  if (caller.via === 'oauth') throw tenancyErrors.own_credentials_required();
  const problems = passwordProblems(next, email, 'new_password');
  if (current === undefined) problems.unshift(problem('current_password', 'is required', 'må oppgis'));
  if (problems.length > 0) throw invalid(problems);
  const { password_hash: hash } = await tx.one<{ password_hash: string | null }>(sql`
    select password_hash from users where id = ${caller.userId} for update`);
  if (!(await passwordMatches(hash, current!))) throw tenancyErrors.password_wrong();
  await tx.execute(sql`update users set password_hash = ${await hashPassword(next)} where id = ${caller.userId}`);
  const sessions = await tx.execute(sql`
    delete from sessions where user_id = ${caller.userId} and token_hash <> ${secretHash(session ?? '')}`);
  if (changes.keep_access_tokens) return { sessions, access_tokens: 0, programs: 0 };
  return { sessions, ...(await endTokens(context)) };
}

/** Counts of what ended with the old password. */
type Ended = Static<typeof EndedShape>;

/**
 * Revokes everything that acts as the user without the password: access tokens, grants to programs, and the right of
 * the user's own programs to act by their own credentials.
 */
async function endTokens({ tx, caller, now }: Context): Promise<Pick<Ended, 'access_tokens' | 'programs'>> {
  const user = caller.userId;
  const tokens = await tx.execute(sql`
    update access_tokens set revoked_at = ${now} where user_id = ${user} and revoked_at is null
      and (expires_at is null or expires_at > ${now})`);
  const granted = await tx.rows<{ client: string | null }>(sql`
    delete from oauth_records where payload ? 'accountId' and payload ->> 'accountId' = ${String(user)}
    returning payload ->> 'clientId' as client`);
  await tx.execute(sql`
    delete from oauth_records r using oauth_clients c
    where c.user_id = ${user} and r.kind = 'ClientCredentials' and r.payload ? 'clientId'
      and r.payload ->> 'clientId' = c.client_id`);
  const own = await tx.rows<{ client: string }>(sql`
    update oauth_clients set metadata = jsonb_set(metadata, '{grant_types}', (metadata -> 'grant_types') - 'client_credentials')
    where user_id = ${user} and metadata -> 'grant_types' ? 'client_credentials'
    returning client_id as client`);
  return { access_tokens: tokens, programs: new Set([...granted, ...own].map(({ client }) => client)).size };
}
