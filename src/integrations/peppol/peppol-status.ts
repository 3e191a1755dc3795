import sql from 'sql-template-tag';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import { READERS } from '../../platform/caller.ts';
import { Id, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';

export const PeppolStatus = strict({
  is_active: Type.Boolean({ description: 'Switched on here' }),
  connected: Type.Boolean({ description: 'The network shows it with our access point, for invoices and credit notes' }),
});
export type PeppolStatus = Static<typeof PeppolStatus>;

export const PeppolStatuses = strict({
  statuses: Type.Array(strict({ client_account_id: Id, ...PeppolStatus.properties })),
});
type PeppolStatuses = Static<typeof PeppolStatuses>;

/**
 * The state of a client account in the Peppol network, or of all of the caller's that can be participants (those with a
 * valid organisation number). As of the last query to the network: each minute while a change is pending, else nightly.
 */
export const getPeppolStatus = readOperation({
  name: 'peppol-status.get',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run(
    { tx, clientAccountIds },
    { clientAccountId }: { clientAccountId: number | null },
  ): Promise<PeppolStatus | PeppolStatuses> {
    const rows = await tx.rows<PeppolStatus & { client_account_id: number; number: string | null }>(sql`
      select a.id as client_account_id, a.organization_number as number, coalesce(p.is_active, false) as is_active,
        coalesce(p.connected, false) as connected
      from client_accounts a left join peppol_connections p on p.client_account_id = a.id
      where a.id = any (${[...clientAccountIds]}::bigint[]) order by a.id`);
    const statuses = rows.map(({ number, ...status }) => ({ number, status }));
    if (clientAccountId === null)
      return {
        statuses: statuses.flatMap(({ number, status }) =>
          number !== null && isOrganizationNumber(number) ? [status] : [],
        ),
      };
    const { is_active, connected } = statuses[0]!.status;
    return { is_active, connected };
  },
});
