import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { dateInNorway } from '../../kernel/local-date.ts';
import type { Role } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { loadCaller } from '../access/caller-load.ts';
import { lockMembers } from '../client-account-users/client-account-user.ts';
import { tenancyErrors } from '../errors.ts';
import { randomSecret, secretHash } from '../secret.ts';

export const INVITATION_DAYS = 7;
const STATUSES = ['PENDING', 'ACCEPTED', 'CANCELLED', 'EXPIRED'] as const;

export const InvitationShape = strict({
  id: Id,
  client_account_id: Id,
  email: Type.String(),
  role_id: Type.Integer(),
  status: Type.Enum([...STATUSES]),
  expires_at: TimeText,
  accepted_at: nullable(TimeText),
  cancelled_at: nullable(TimeText),
  created_at: TimeText,
  created_by_id: nullable(Id),
});

/** What the holder of the link is shown. */
export const OpenInvitationShape = strict({
  email: Type.String(),
  client_account: strict({ id: Id, display_name: Type.String() }),
  role: strict({ id: Type.Integer(), name: Type.String() }),
  invited_by: nullable(Type.String()),
  expires_at: TimeText,
  user_exists: Type.Boolean({ description: 'True: no name or password is needed to accept' }),
});

export interface InvitationRow {
  id: number;
  client_account_id: number;
  email: string;
  role_id: number;
  expires_at: Date;
  accepted_at: Date | null;
  cancelled_at: Date | null;
  created_at: Date;
  created_by_id: number | null;
}

export const INVITATION_COLUMNS =
  'id, client_account_id, email, role_id, expires_at, accepted_at, cancelled_at, created_at, created_by_id';

export function invitationJson(row: InvitationRow, now: Date) {
  const status: (typeof STATUSES)[number] = row.accepted_at
    ? 'ACCEPTED'
    : row.cancelled_at
      ? 'CANCELLED'
      : row.expires_at <= now
        ? 'EXPIRED'
        : 'PENDING';
  return {
    id: row.id,
    client_account_id: row.client_account_id,
    email: row.email,
    role_id: row.role_id,
    status,
    expires_at: isoSeconds(row.expires_at),
    accepted_at: row.accepted_at && isoSeconds(row.accepted_at),
    cancelled_at: row.cancelled_at && isoSeconds(row.cancelled_at),
    created_at: isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
  };
}

/**
 * The secret in the mail's link. It begins with the client account, so that row level security lets the invitation be
 * found.
 */
export function invitationToken(clientAccountId: number): string {
  return `${clientAccountId.toString(36)}.${randomSecret()}`;
}

export interface OpenInvitation extends InvitationRow {
  display_name: string;
  role: Role;
  inviter: string | null;
  user_id: number | null;
  user_has_password: boolean;
  user_is_active: boolean;
}

/**
 * The open invitation that a token names, locked if asked; the transaction has access to its client account from then
 * on. Throws
 * `tenancy.invitation_sender_lost` if the sender no longer may invite.
 */
export async function openInvitation(tx: Transaction, token: string, now: Date, lock: boolean) {
  const match = /^([0-9a-z]{1,5})\.[\w-]{43}$/.exec(token);
  const clientAccountId = match ? Number.parseInt(match[1]!, 36) : 0;
  if (clientAccountId < 1 || clientAccountId >= 2 ** 22) return undefined;
  await tx.see([clientAccountId]);
  // Same lock order as the operations that change members.
  if (lock) await lockMembers(tx, clientAccountId);
  const found = await tx.maybe<{ id: number }>(sql`
    select id from invitations
    where client_account_id = ${clientAccountId} and token_hash = ${secretHash(token)}
      and accepted_at is null and cancelled_at is null and expires_at > ${now}
    ${lock ? sql`for update` : sql``}`);
  if (!found) return undefined;
  const invitation = await tx.one<OpenInvitation>(sql`
    select i.id, i.client_account_id, i.email, i.role_id, i.expires_at, i.accepted_at, i.cancelled_at, i.created_at,
      i.created_by_id, c.display_name, r.code as role, nullif(trim(b.first_name || ' ' || b.last_name), '') as inviter,
      u.id as user_id, u.password_hash is not null as user_has_password, coalesce(u.is_active, true) as user_is_active
    from invitations i
    join client_accounts c on c.id = i.client_account_id
    join roles r on r.id = i.role_id
    left join users b on b.id = i.created_by_id
    left join users u on lower(u.email) = lower(i.email)
    where i.client_account_id = ${clientAccountId} and i.id = ${found.id}`);
  if (!(await senderStillMay(tx, invitation, now))) throw tenancyErrors.invitation_sender_lost();
  return invitation;
}

/**
 * Whether the sender could send the invitation today: administers the client account and, to invite an owner (CA), is
 * one or comes from a firm with a contract while there is none.
 */
async function senderStillMay(tx: Transaction, invitation: OpenInvitation, now: Date): Promise<boolean> {
  const { client_account_id: clientAccountId, created_by_id: senderId, role } = invitation;
  const sender = senderId === null ? null : await loadCaller(tx, senderId, new Set(), now);
  if (!sender) return false;
  const held = sender.roles.get(clientAccountId);
  if (held?.has('CA')) return true;
  if (role !== 'CA') return held?.has('AA') ?? false;
  const owner = await tx.maybe(sql`
    select 1 as found from client_account_users m join roles r on r.id = m.role_id
    where m.client_account_id = ${clientAccountId} and m.is_active and r.code = 'CA' limit 1`);
  if (owner) return false;
  // Includes the time before the contract begins: the firm that opened the account invited its first owner.
  const engaged = await tx.maybe(sql`
    select 1 as found from contracts c
    join client_account_users m on m.client_account_id = c.provider_client_account_id
    join roles r on r.id = m.role_id
    where c.client_account_id = ${clientAccountId} and c.approval_status = 'APPROVED'
      and (c.end_date is null or c.end_date >= ${dateInNorway(now)})
      and m.user_id = ${senderId} and m.is_active and r.code in ('AA', 'CA') limit 1`);
  return held?.has('AA') || Boolean(engaged);
}
