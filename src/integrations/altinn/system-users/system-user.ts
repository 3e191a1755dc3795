import sql, { raw } from 'sql-template-tag';
import { isoSeconds } from '../../../kernel/clock.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { Id, nullable, strict, TimeText, Type } from '../../../platform/http/schema.ts';
import { SYSTEM_USER_STATUSES, type SystemUserStatus } from './status.ts';

export const SystemUserShape = strict({
  id: Type.String({ format: 'uuid', description: 'Altinn’s id of the request, and of the system user' }),
  external_ref: Type.String(),
  system_id: Type.String(),
  org_number: Type.String(),
  client_account_id: Id,
  status: Type.Enum([...SYSTEM_USER_STATUSES], {
    description:
      'New: awaiting the customer. Pending: passed on, or approved and being made. Active. Ended: Rejected by the customer, Denied by Altinn, TimedOut, Deleted at Altinn; then POST makes a new request',
  }),
  confirm_url: nullable(Type.String({ description: 'Where somebody of the organisation approves it' })),
  redirect_url: nullable(Type.String()),
  rights: Type.Array(Type.Object({}, { additionalProperties: true })),
  created_at: TimeText,
  updated_at: TimeText,
});

export interface SystemUserRow {
  client_account_id: number;
  id: string;
  external_ref: string;
  system_id: string;
  org_number: string;
  status: SystemUserStatus;
  confirm_url: string | null;
  redirect_url: string | null;
  rights: object[];
  accepted_at: Date | null;
  returned_at: Date | null;
  replaced_at: Date | null;
  version: number;
  failures: number;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS =
  raw(`client_account_id, id, external_ref, system_id, org_number, status, confirm_url, redirect_url, rights,
  accepted_at, returned_at, replaced_at, version, failures, created_at, updated_at`);

export type SystemUserView = Omit<
  SystemUserRow,
  'accepted_at' | 'returned_at' | 'replaced_at' | 'version' | 'failures' | 'created_at' | 'updated_at'
> & { created_at: string; updated_at: string };

export function systemUserView(row: SystemUserRow): SystemUserView {
  return {
    id: row.id,
    external_ref: row.external_ref,
    system_id: row.system_id,
    org_number: row.org_number,
    client_account_id: row.client_account_id,
    status: row.status,
    confirm_url: row.confirm_url,
    redirect_url: row.redirect_url,
    rights: row.rights,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}

export function findSystemUser(
  tx: Transaction,
  clientAccountId: number,
  id: string,
): Promise<SystemUserRow | undefined> {
  return tx.maybe<SystemUserRow>(sql`
    select ${COLUMNS} from altinn_system_users where client_account_id = ${clientAccountId} and id = ${id}`);
}

/** The current one of the organisation, in any state. */
export function standingSystemUser(
  tx: Transaction,
  clientAccountId: number,
  organizationNumber: string,
): Promise<SystemUserRow | undefined> {
  return tx.maybe<SystemUserRow>(sql`
    select ${COLUMNS} from altinn_system_users
    where client_account_id = ${clientAccountId} and org_number = ${organizationNumber} and replaced_at is null`);
}

/** Newest first. `clientAccountIds`: the client accounts to search. */
export async function listedSystemUsers(
  tx: Transaction,
  clientAccountIds: readonly number[],
  { page, perPage }: { page: number; perPage: number },
): Promise<{ rows: SystemUserRow[]; total: number }> {
  const where = sql`client_account_id = any (${[...clientAccountIds]}::bigint[])`;
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from altinn_system_users where ${where}`,
  );
  const rows = await tx.rows<SystemUserRow>(sql`
    select ${COLUMNS} from altinn_system_users where ${where}
    order by created_at desc, id limit ${perPage} offset ${(page - 1) * perPage}`);
  return { rows, total };
}
