import sql from 'sql-template-tag';
import { type Context, writeOperation } from '../../platform/operation.ts';
import { tenancyErrors } from '../errors.ts';
import { passwordMatches } from './password.ts';
import { openSession } from './session.ts';
import { forgetAttempts, type Limit, placeOf, throttled } from './throttle.ts';
import { meJson, type MeRow } from '../users/user.ts';

export interface SignIn {
  email: string;
  password: string;
  /** The sender's address. */
  address: string;
}

const QUARTER = 900;

/**
 * Guesses from one address at one user are stopped early, guesses at all users from one address later. There is no
 * limit by user alone: wrong guesses by others must not lock a user out.
 */
function limitsOf({ email, address }: SignIn): Limit[] {
  const place = placeOf(address);
  const user = email.trim().toLowerCase();
  return [
    { key: `sign-in from ${place}`, most: 100, seconds: QUARTER },
    { key: `sign-in from ${place} user ${user}`, most: 10, seconds: QUARTER },
  ];
}

const limited = throttled(
  writeOperation({ name: 'sessions.start', access: { kind: 'public' }, answerIsSecret: true, run: signIn }),
  limitsOf,
);

/**
 * A wrong address and a wrong password give the same error after the same time. The secret goes into the cookie only.
 */
export const startSession: typeof limited = {
  ...limited,
  async call(platform, call, input) {
    const outcome = await limited.call(platform, call, input);
    await forgetAttempts(platform, limitsOf(input).slice(1));
    return outcome;
  },
};

async function signIn({ tx, now, audit }: Context, { email, password }: SignIn) {
  const found = await tx.maybe<{ id: number; password_hash: string | null; is_active: boolean }>(sql`
    select id, password_hash, is_active from users where lower(email) = lower(${email.trim()})`);
  const matches = await passwordMatches(found?.password_hash, password);
  if (!found || !matches || !found.is_active) throw tenancyErrors.sign_in_failed();
  await tx.actFor(found.id);
  const user = await tx.one<MeRow>(sql`
    update users set last_login = ${now} where id = ${found.id}
    returning id, email, first_name, last_name, language, created_at, profile_image_url, last_login`);
  const secret = await openSession(tx, user.id, now);
  audit({ recordType: 'session', after: { user_id: user.id } });
  return { secret, user: meJson(user) };
}
