import sql from 'sql-template-tag';
import { ADMINS, clientAccountsWith } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { apiKeyJson, type ApiKeyRow } from './api-key.ts';

/** 404 for a key that does not exist, 403 for one that the caller may not revoke. Revoking a revoked key changes nothing. */
export const revokeApiKey = writeOperation({
  name: 'consumer_invoicing.keys.revoke',
  access: { kind: 'user', scope: 'write:profile' },
  async run({ tx, caller, now, audit }, { id }: { id: number }) {
    const known = await tx.maybe<ApiKeyRow & { user_id: number }>(sql`
      select id, kind, name, company_id, created_at, revoked_at, user_id from consumer_invoicing_keys where id = ${id}`);
    if (!known) throw requestErrors.not_found({ what: 'API key' });
    const { company_id: company } = known;
    if (company === null ? known.user_id !== caller.userId : !clientAccountsWith(caller, ADMINS).includes(company))
      throw requestErrors.no_access();
    if (company !== null) await tx.see([company]);
    const after = await tx.one<ApiKeyRow>(sql`
      update consumer_invoicing_keys set revoked_at = coalesce(revoked_at, ${now}) where id = ${id}
      returning id, kind, name, company_id, created_at, revoked_at`);
    audit({
      recordType: 'consumer_invoicing_key',
      recordId: id,
      before: apiKeyJson(known),
      after: apiKeyJson(after),
      ...(company === null ? {} : { clientAccountId: company }),
    });
    return apiKeyJson(after);
  },
});
