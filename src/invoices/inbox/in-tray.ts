import { randomInt } from 'node:crypto';
import sql from 'sql-template-tag';
import { lockBooks } from '../../ledger/index.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { type Platform, readOperation, writeOperation } from '../../platform/operation.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    /**
     * The address of the mailbox for invoices, `local@domain`; the address of each client account adds a part of its own to
     * it.
     */
    inTrayAddress: string;
  }
}

export const InTrayView = strict({
  address: nullable(
    Type.String({
      description: 'Invoices that are mailed here are taken in; null before one is made, or without a mailbox',
    }),
  ),
  is_connected: Type.Boolean({ description: 'Whether this installation fetches mail' }),
  created_at: nullable(TimeText),
  created_by_id: nullable(Id),
});
export type InTrayView = Static<typeof InTrayView>;

/** Without characters that are easily confused. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const TOKEN = 12;

async function findInTray(tx: Transaction, clientAccountId: number, { outside }: Platform): Promise<InTrayView> {
  const base = outside?.inTrayAddress;
  const found = await tx.maybe<{ token: string; created_at: Date; created_by_id: number | null }>(sql`
    select token, created_at, created_by_id from in_tray_addresses where client_account_id = ${clientAccountId}`);
  return {
    address: base && found ? base.replace('@', `+${found.token}@`) : null,
    is_connected: base !== undefined,
    created_at: found ? isoSeconds(found.created_at) : null,
    created_by_id: found?.created_by_id ?? null,
  };
}

export const getInTray = readOperation({
  name: 'in-tray.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId, platform }) => findInTray(tx, clientAccountId, platform),
});

/**
 * Gives the client account a new address that cannot be guessed. Mail to an earlier one is no longer taken in. Error:
 * outbound.not_configured.
 */
export const renewInTrayAddress = writeOperation({
  name: 'in-tray.address',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit, platform }): Promise<InTrayView> {
    if (!platform.outside?.inTrayAddress) throw outboundErrors.not_configured({ service: 'IMAP' });
    await lockBooks(tx, clientAccountId);
    const before = await findInTray(tx, clientAccountId, platform);
    const token = Array.from({ length: TOKEN }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    await tx.execute(sql`
      insert into in_tray_addresses (client_account_id, token, created_at, created_by_id)
      values (${clientAccountId}, ${token}, ${now}, ${caller.userId})
      on conflict (client_account_id) do update set token = excluded.token, created_at = excluded.created_at,
        created_by_id = excluded.created_by_id`);
    const after = await findInTray(tx, clientAccountId, platform);
    audit({ recordType: 'in_tray_address', before, after });
    return after;
  },
});

/** The client account that an address of the in-tray belongs to. */
export interface InTrayOwner {
  clientAccountId: number;
  /** The user who created the address. */
  userId: number | null;
}

/** All client accounts with an address, by the address in lower case. */
export async function inTrayOwners(database: Database, base: string): Promise<ReadonlyMap<string, InTrayOwner>> {
  const rows = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<InTrayOwner & { token: string }>(sql`
      select client_account_id as "clientAccountId", created_by_id as "userId", token from in_tray_addresses
      where client_account_id = any (${ids}::bigint[])`),
  );
  return new Map(rows.map(({ token, ...owner }) => [base.replace('@', `+${token}@`).toLowerCase(), owner]));
}
