import sql from 'sql-template-tag';
import { ADMINS, clientAccountsWith } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { apiKeyJson, type ApiKeyRow } from './api-key.ts';

/**
 * The caller's own user keys, and the vendor keys of companies that it administers; newest first, without the keys
 * themselves.
 */
export const listApiKeys = readOperation({
  name: 'consumer_invoicing.keys.list',
  access: { kind: 'user', scope: 'read:profile' },
  async run({ tx, caller }, page: Page) {
    const mine = sql`where (kind = 'user' and user_id = ${caller.userId}) or company_id = any (${clientAccountsWith(caller, ADMINS)}::bigint[])`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from consumer_invoicing_keys ${mine}`,
    );
    const rows = await tx.rows<ApiKeyRow>(sql`
      select id, kind, name, company_id, created_at, revoked_at from consumer_invoicing_keys ${mine}
      order by id desc ${limitOffset(page)}`);
    return envelope(rows.map(apiKeyJson), page, records);
  },
});
