import sql from 'sql-template-tag';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { accessTokenJson, type AccessTokenRow } from './access-token.ts';

/** The caller's own tokens, newest first, including expired and revoked ones; never the secret. */
export const listTokens = readOperation({
  name: 'access_tokens.list',
  access: { kind: 'user', scope: 'read:profile' },
  async run({ tx, caller }, page: Page) {
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from access_tokens where user_id = ${caller.userId}`);
    const rows = await tx.rows<AccessTokenRow>(sql`
      select id, name, scopes, created_at, expires_at, revoked_at, last_used_at
      from access_tokens where user_id = ${caller.userId}
      order by id desc ${limitOffset(page)}`);
    return envelope(rows.map(accessTokenJson), page, records);
  },
});
