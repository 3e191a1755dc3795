import sql from 'sql-template-tag';
import { READERS } from '../../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../../platform/http/paging.ts';
import { requestErrors } from '../../../platform/errors.ts';
import { readOperation } from '../../../platform/operation.ts';
import { claimJson, type ClaimState, readClaims } from './claim.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

export interface ClaimFilter {
  state: ClaimState | null;
  documentId: number | null;
}

/** Claims by time of change, the latest first. */
export const listClaims = readOperation({
  name: 'consumer_invoicing.avtalegiro.claims.list',
  access,
  async run({ tx, clientAccountId }, { filter, page }: { filter: ClaimFilter; page: Page }) {
    const condition = sql`(${filter.state}::text is null or c.state = ${filter.state})
      and (${filter.documentId}::bigint is null or c.document_id = ${filter.documentId})`;
    const rows = await readClaims(
      tx,
      clientAccountId,
      sql`and ${condition} order by c.state_at desc, c.id desc ${limitOffset(page)}`,
    );
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from avtalegiro_claims c where c.client_account_id = ${clientAccountId} and ${condition}`);
    return envelope(rows.map(claimJson), page, records);
  },
});

export const getClaim = readOperation({
  name: 'consumer_invoicing.avtalegiro.claims.get',
  access,
  async run({ tx, clientAccountId }, { id }: { id: number }) {
    const [row] = await readClaims(tx, clientAccountId, sql`and c.id = ${id}`);
    if (!row) throw requestErrors.not_found({ what: 'Claim', id });
    return claimJson(row);
  },
});
