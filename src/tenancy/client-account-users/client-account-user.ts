import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Role } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { relatedUserView } from '../../platform/http/relations.ts';
import { UserShape } from '../users/user.ts';

export const MemberShape = strict({
  id: Id,
  created_at: TimeText,
  created_by_id: nullable(Id),
  client_account_id: Id,
  user_id: Id,
  role_id: Type.Integer(),
  is_active: Type.Boolean(),
  user: Type.Optional(UserShape),
  role: Type.Optional(strict({ id: Type.Integer(), name: Type.String() })),
});

export interface MemberRow {
  id: number;
  created_at: Date;
  created_by_id: number | null;
  client_account_id: number;
  user_id: number;
  role_id: number;
  is_active: boolean;
  role: Role;
  first_name: string;
  last_name: string;
  user_created_at: Date;
  profile_image_url: string | null;
  last_login: Date | null;
}

/** The active users of these client accounts, by client account and family name. */
export function activeMembers(tx: Transaction, clientAccountIds: readonly number[]): Promise<MemberRow[]> {
  return tx.rows<MemberRow>(sql`
    select m.id, m.created_at, m.created_by_id, m.client_account_id, m.user_id, m.role_id, m.is_active,
      r.code as role, u.first_name, u.last_name, u.created_at as user_created_at, u.profile_image_url, u.last_login
    from client_account_users m
    join users u on u.id = m.user_id
    join roles r on r.id = m.role_id
    where m.client_account_id = any (${[...clientAccountIds]}::bigint[]) and m.is_active
    order by m.client_account_id, u.last_name collate nb_no, u.first_name collate nb_no, m.id`);
}

export function memberJson(row: MemberRow, asked: { user: boolean; role: boolean }) {
  return {
    id: row.id,
    created_at: isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
    client_account_id: row.client_account_id,
    user_id: row.user_id,
    role_id: row.role_id,
    is_active: row.is_active,
    ...(asked.user ? { user: relatedUserView({ ...row, id: row.user_id, created_at: row.user_created_at }) } : {}),
    ...(asked.role ? { role: { id: row.role_id, name: row.role } } : {}),
  };
}

/** Locks the client account's members for the rest of the transaction, so that two owners cannot remove each other. */
export async function lockMembers(
  tx: Transaction,
  clientAccountId: number,
): Promise<{ user_id: number; role: Role; role_id: number }[]> {
  return tx.rows(sql`
    select m.user_id, r.code as role, m.role_id
    from client_account_users m join roles r on r.id = m.role_id
    where m.client_account_id = ${clientAccountId} and m.is_active
    order by m.user_id
    for update of m`);
}
