import sql from 'sql-template-tag';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import type { Platform } from '../../platform/operation.ts';
import { bankDirectory } from '../banks/bank-directory.ts';
import type { EnhetsregisteretClient } from './enhetsregisteret-client.ts';

/** Banks looked up in one round. */
const MOST = 20;
const AGAIN_AFTER_MS = 30 * 86_400_000;

/** Finds the organisations of the directory's banks: by the given number, otherwise by their exact name. */
export async function findBankOrganizations(
  platform: Platform,
  client: EnhetsregisteretClient,
  signal: AbortSignal,
): Promise<void> {
  const { database, clock } = platform;
  const since = new Date(clock.now().getTime() - AGAIN_AFTER_MS);
  const known = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ bic: string; organization_number: string | null; looked_at: Date }>(
      sql`select bic, organization_number, looked_at from bank_organizations`,
    ),
  );
  const isKnown = (bic: string, number: string | null) =>
    known.some(
      (one) => one.bic === bic && one.looked_at > since && (number === null || one.organization_number === number),
    );
  const due = bankDirectory(platform).banks.filter(
    (bank) => bank.country === 'NO' && !isKnown(bank.bic, bank.organizationNumber),
  );
  for (const bank of due.slice(0, MOST)) {
    if (signal.aborted) return;
    const found = bank.organizationNumber ?? (await client.numberOfName(bank.name));
    const number = found !== null && isOrganizationNumber(found) ? found : null;
    await database.transaction({ clientAccounts: [], mode: 'write', work: 'register' }, async (tx) => {
      await tx.execute(sql`
        insert into bank_organizations (bic, organization_number, looked_at)
        values (${bank.bic}, ${number}, ${clock.now()})
        on conflict (bic) do update set organization_number = excluded.organization_number, looked_at = excluded.looked_at`);
      if (number !== null)
        await tx.execute(sql`
          insert into registered_organizations (organization_number, named_at, due_at)
          values (${number}, ${clock.now()}, ${clock.now()}) on conflict do nothing`);
    });
  }
}
