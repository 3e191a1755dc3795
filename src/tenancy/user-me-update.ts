import sql from 'sql-template-tag';
import { invalid, type Language, problem } from '../platform/errors.ts';
import { type Context, writeOperation } from '../platform/operation.ts';
import { changesAccess } from './caller-cache.ts';
import { throttled } from './throttle.ts';
import { tenancyErrors } from './errors.ts';
import { hashPassword, passwordMatches, passwordProblems } from './password.ts';
import { secretHash } from './secret.ts';
import { meJson } from './user.ts';
import { loadMe } from './user-me-get.ts';

export interface MeChanges {
  first_name?: string;
  last_name?: string;
  language?: Language;
  profile_image_url?: string | null;
  current_password?: string;
  new_password?: string;
}

interface Input {
  changes: MeChanges;
  /** The session that the change comes from; all others end when the password changes. */
  session: string | undefined;
}

const change = changesAccess(
  writeOperation({
    name: 'users.me.update',
    access: { kind: 'user', scope: 'write:profile' },
    async run(context, { changes, session }: Input) {
      const { tx, caller } = context;
      const before = meJson(await loadMe(context));
      const merged = { ...before, ...withoutPasswords(changes) };
      await tx.execute(sql`
        update users set first_name = ${merged.first_name}, last_name = ${merged.last_name},
          language = ${merged.language}, profile_image_url = ${merged.profile_image_url}
        where id = ${caller.userId}`);
      const newPassword = changes.new_password !== undefined;
      if (newPassword) await changePassword(context, changes, session, before.email);
      const after = meJson(await loadMe(context));
      context.audit({
        recordType: 'user',
        recordId: caller.userId,
        before,
        after: newPassword ? { ...after, password: 'changed' } : after,
      });
      return after;
    },
  }),
);

/** Whoever sits at another's open session does not get to guess the password either. */
export const updateMe = throttled(change, ({ changes }, { caller }) =>
  changes.new_password !== undefined && caller
    ? [{ key: `password change of ${caller.userId}`, most: 10, seconds: 900 }]
    : [],
);

function withoutPasswords(changes: MeChanges) {
  const { current_password: _current, new_password: _new, ...rest } = changes;
  return rest;
}

async function changePassword(
  { tx, caller }: Context,
  { current_password: current, new_password: next = '' }: MeChanges,
  session: string | undefined,
  email: string,
): Promise<void> {
  if (caller.via === 'oauth') throw tenancyErrors.own_credentials_required();
  const problems = passwordProblems(next, email, 'new_password');
  if (current === undefined) problems.unshift(problem('current_password', 'is required', 'må oppgis'));
  if (problems.length > 0) throw invalid(problems);
  const { password_hash: hash } = await tx.one<{ password_hash: string | null }>(sql`
    select password_hash from users where id = ${caller.userId} for update`);
  if (!(await passwordMatches(hash, current!))) throw tenancyErrors.password_wrong();
  await tx.execute(sql`update users set password_hash = ${await hashPassword(next)} where id = ${caller.userId}`);
  await tx.execute(sql`
    delete from sessions where user_id = ${caller.userId} and token_hash <> ${secretHash(session ?? '')}`);
}
