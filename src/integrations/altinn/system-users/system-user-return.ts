import sql from 'sql-template-tag';
import { type Platform, writeAudit } from '../../../platform/operation.ts';
import { asReturnKey } from './return-address.ts';

/** The target of a returning browser. */
export interface Returned {
  clientAccountId: number;
}

/**
 * Handles the return from Altinn's approval page. The address proves nothing about the decision: the return is recorded
 * once, and Altinn is queried in the next round. Null for an unknown key.
 */
export async function noteReturn(platform: Platform, key: unknown): Promise<Returned | null> {
  const known = asReturnKey(key);
  if (!known) return null;
  const clientAccountId = await clientAccountOfSystemUser(platform, known);
  if (clientAccountId === null) return null;
  const now = platform.clock.now();
  await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const noted = await tx.maybe<{ id: string; status: string }>(sql`
      update altinn_system_users set returned_at = ${now}, next_sync_at = ${now}, updated_at = ${now},
        status = case status when 'New' then 'Pending' else status end, version = version + 1
      where client_account_id = ${clientAccountId} and return_key = ${known} and returned_at is null
        and replaced_at is null and status in ('New', 'Pending')
      returning id, status`);
    if (!noted) return;
    await writeAudit(tx, 'altinn.system-user-return', { caller: null, clientAccountId }, [
      { recordType: 'altinn_system_user', after: noted },
    ]);
  });
  return { clientAccountId };
}

/** The client account of a system user, by its id or the key of its return address; null if there is none. */
export async function clientAccountOfSystemUser({ database }: Platform, key: string): Promise<number | null> {
  const { id } = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.one<{ id: number | null }>(sql`select client_account_of_system_user(${key}) as id`),
  );
  return id;
}
