import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Platform } from '../../platform/operation.ts';

/** Client accounts processed in one transaction. */
const CHUNK = 1_000;
const FORGOTTEN_AFTER = '30 days';

/** Adds the numbers of client accounts, so that a new one gets its facts soon. */
export async function nameClientAccounts({ database, clock }: Platform): Promise<void> {
  await database.transaction({ clientAccounts: [], mode: 'write', work: 'register' }, (tx) =>
    tx.execute(sql`
      insert into registered_organizations as r (organization_number, named_at, due_at)
      select distinct organization_number, ${clock.now()}::timestamptz, ${clock.now()}::timestamptz from client_accounts
      where organization_number ~ '^[0-9]{9}$' order by 1
      on conflict (organization_number) do update set named_at = excluded.named_at
        where r.named_at < excluded.named_at - interval '1 day'`),
  );
}

/** Collects the organisations that client accounts refer to, and deletes those without a reference for a month. */
export async function nameAll(platform: Platform, signal: AbortSignal): Promise<void> {
  const { database, clock } = platform;
  await nameClientAccounts(platform);
  const accounts = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ id: number }>(sql`select id from client_accounts order by id`),
  );
  for (let i = 0; i < accounts.length; i += CHUNK) {
    if (signal.aborted) return;
    const clientAccounts = accounts.slice(i, i + CHUNK).map(({ id }) => id);
    await database.transaction({ clientAccounts, mode: 'write', work: 'register' }, (tx) =>
      namePartners(tx, clientAccounts, clock.now()),
    );
  }
  await database.transaction({ clientAccounts: [], mode: 'write', work: 'register' }, async (tx) => {
    await tx.execute(sql`
      insert into registered_organizations as r (organization_number, named_at, due_at)
      select distinct organization_number, ${clock.now()}::timestamptz, ${clock.now()}::timestamptz from bank_organizations
      where organization_number is not null order by 1
      on conflict (organization_number) do update set named_at = excluded.named_at`);
    await tx.execute(sql`
      delete from registered_organizations where named_at < ${clock.now()}::timestamptz - ${FORGOTTEN_AFTER}::interval`);
  });
}

/** Only Norwegian organisations: a foreign number may have nine digits too. */
async function namePartners(tx: Transaction, clientAccountIds: readonly number[], now: Date): Promise<void> {
  await tx.execute(sql`
    insert into registered_organizations as r (organization_number, named_at, due_at)
    select distinct organization_number, ${now}::timestamptz, ${now}::timestamptz from business_partners
    where client_account_id = any (${[...clientAccountIds]}::bigint[]) and is_organization
      and organization_number ~ '^[0-9]{9}$' and coalesce(address ->> 'country', 'NO') = 'NO'
    order by 1
    on conflict (organization_number) do update set named_at = excluded.named_at
      where r.named_at < excluded.named_at - interval '1 day'`);
}
