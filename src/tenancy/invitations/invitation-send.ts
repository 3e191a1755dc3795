import sql, { raw } from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { ADMINS, type Role } from '../../platform/caller.ts';
import { invalid, type Language, problem } from '../../platform/errors.ts';
import { queueMail } from '../../platform/mail.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import { tenancyErrors } from '../errors.ts';
import {
  INVITATION_COLUMNS,
  INVITATION_DAYS,
  invitationJson,
  type InvitationRow,
  invitationToken,
} from './invitation.ts';
import { invitationMail } from './invitation-mail.ts';
import { lockMembersFor, requireMayDecideOver, requireRoleFits, roleOf } from '../client-account-users/member-rules.ts';
import { secretHash } from '../secret.ts';
import { throttled } from '../sign-in/throttle.ts';
import { isEmail } from '../users/user.ts';

interface Input {
  email: string;
  role_id: number;
  language: Language;
  /** The address that the request was sent to, for the link in the mail unless the site's address is configured. */
  origin: string;
}

const send = writeOperation({
  name: 'invitations.create',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run(context, input: Input) {
    const { tx, clientAccountId } = context;
    requireEmail(input.email);
    const role = await roleOf(tx, input.role_id);
    await requireRoleFits(tx, clientAccountId, role);
    requireMayDecideOver(await lockMembersFor(context), [role]);
    const member = await tx.maybe(sql`
      select 1 as found from client_account_users m join users u on u.id = m.user_id
      where m.client_account_id = ${clientAccountId} and m.is_active and lower(u.email) = lower(${input.email})`);
    if (member) throw tenancyErrors.already_member();
    const { email, role_id, language, origin } = input;
    const made = await sendInvitation(context, clientAccountId, { email, role_id, role, language, origin });
    const after = invitationJson(made, context.now);
    context.audit({ recordType: 'invitation', recordId: made.id, after });
    return after;
  },
});

/**
 * Throttled because it sends mail to strangers in this installation's name: a stolen token must not become a source of
 * spam.
 */
export const createInvitation = throttled(send, (_, { caller }) =>
  caller ? [{ key: `invitations of ${caller.userId}`, most: 200, seconds: 86_400 }] : [],
);

export function requireEmail(email: string, path = 'email'): void {
  if (!isEmail(email)) throw invalid([problem(path, 'must be an e-mail address', 'må være en e-postadresse')]);
}

/**
 * Writes the invitation and its mail; an earlier open invitation of the same person is cancelled together with its
 * link.
 */
export async function sendInvitation(
  { tx, now, caller, platform }: Context,
  clientAccountId: number,
  { email, role_id: roleId, role, language, origin }: Input & { role: Role },
): Promise<InvitationRow> {
  const token = invitationToken(clientAccountId);
  const expires = new Date(now.getTime() + INVITATION_DAYS * 86_400_000);
  const id = await takeIds(tx, clientAccountId);
  await tx.execute(sql`
    update invitations set cancelled_at = ${now}
    where client_account_id = ${clientAccountId} and lower(email) = lower(${email}) and accepted_at is null
      and cancelled_at is null`);
  const made = await tx.one<InvitationRow>(sql`
    insert into invitations (client_account_id, id, email, role_id, token_hash, expires_at, created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${email}, ${roleId}, ${secretHash(token)}, ${expires}, ${now}, ${caller.userId})
    returning ${raw(INVITATION_COLUMNS)}`);
  const names = await tx.one<{ account: string; role: string; inviter: string | null }>(sql`
    select c.display_name as account, ${raw(language === 'en' ? 'r.name_en' : 'r.name_nb')} as role,
      nullif(trim(u.first_name || ' ' || u.last_name), '') as inviter
    from client_accounts c
    join roles r on r.code = ${role}
    left join users u on u.id = ${caller.userId}
    where c.id = ${clientAccountId}`);
  await queueMail(
    tx,
    await invitationMail({
      recipient: email,
      accountName: names.account,
      roleName: names.role,
      inviter: names.inviter,
      link: `${platform.publicUrl ?? origin}/invitations/${token}`,
      language,
    }),
    id,
  );
  return made;
}
