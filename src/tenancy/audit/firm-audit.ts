import sql from 'sql-template-tag';
import { dateInNorway } from '../../kernel/local-date.ts';
import type { Role } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Context } from '../../platform/operation.ts';
import { type ProviderType, roleAtClient } from '../access/caller-load.ts';

interface Happening {
  /** The operation's name, as in every audit record. */
  operation: string;
  firmId: number;
  /** The user who did it. */
  byId: number | null;
  now: Date;
  requestId: string | undefined;
}

/** The fields that all records of one call share. */
export function happeningOf({ clientAccountId, caller, now, requestId }: Context, operation: string): Happening {
  return { operation, firmId: clientAccountId, byId: caller.userId, now, requestId };
}

interface FirmMember {
  /** The membership's number. */
  id: number;
  userId: number;
  before: Role | null;
  after: Role | null;
}

/**
 * Records in the audit log of each client of a firm what a member of the firm may do there from now on, if that
 * changed. Clients are those with an approved contract that has not ended. From then on the transaction has access to
 * their accounts and the firm's.
 */
export async function auditFirmMember(tx: Transaction, happening: Happening, member: FirmMember): Promise<void> {
  await auditAtClients(tx, happening, { type: 'firm_member', id: member.id }, (kind) => {
    const at = (role: Role | null) => role && roleAtClient(kind, role);
    if (at(member.before) === at(member.after)) return null;
    const of = (role: Role | null) => ({ user_id: member.userId, role: at(role) });
    return { before: of(member.before), after: of(member.after) };
  });
}

/** The same when the whole firm is deactivated or activated: its members have access only while it is active. */
export async function auditFirmInUse(tx: Transaction, happening: Happening, isActive: boolean): Promise<void> {
  await auditAtClients(tx, happening, { type: 'firm', id: happening.firmId }, () => ({
    before: { is_active: !isActive },
    after: { is_active: isActive },
  }));
}

async function auditAtClients(
  tx: Transaction,
  { operation, firmId, byId, now, requestId }: Happening,
  record: { type: string; id: number },
  changeUnder: (kind: ProviderType) => { before: object; after: object } | null,
): Promise<void> {
  const contracts = await tx.rows<{ client_account_id: number; provider_type: ProviderType | null }>(sql`
    select client_account_id, provider_type from contracts
    where provider_client_account_id = ${firmId} and approval_status = 'APPROVED'
      and (end_date is null or end_date >= ${dateInNorway(now)})
    order by client_account_id`);
  const kinds = (['ACCOUNTANT', 'AUDITOR'] as const).map((kind) => ({
    change: changeUnder(kind),
    clients: [
      ...new Set(
        contracts.filter((one) => (one.provider_type ?? 'AUDITOR') === kind).map((one) => one.client_account_id),
      ),
    ],
  }));
  await tx.see([firmId, ...new Set(contracts.map((one) => one.client_account_id))]);
  for (const { change, clients } of kinds) {
    if (!change || clients.length === 0) continue;
    const [before, after] = [change.before, change.after].map((state) =>
      JSON.stringify({ provider_client_account_id: firmId, ...state }),
    );
    await tx.execute(sql`
      insert into audit_log (client_account_id, user_id, operation, record_type, record_id, before, after, request_id)
      select client, ${byId}, ${operation}, ${record.type}, ${record.id}, ${before}, ${after}, ${requestId ?? null}
      from unnest(${clients}::bigint[]) client`);
  }
}
