import sql from 'sql-template-tag';
import { SCOPES, type Scope } from '../../platform/caller.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { accessTokenJson, type AccessTokenRow } from './access-token.ts';
import { createAccessToken } from './access-token-issue.ts';
import { tenancyErrors } from '../errors.ts';

export interface NewToken {
  name: string;
  scopes?: Scope[];
  expires_in_days?: number;
}

const DAYS_IF_NOT_SAID = 90;

/** The response contains the token, only this once. A token grants no more than the credentials that created it. */
export const createToken = writeOperation({
  name: 'access_tokens.create',
  access: { kind: 'user', scope: 'write:profile' },
  answerIsSecret: true,
  async run({ tx, caller, now, audit }, input: NewToken) {
    if (caller.via === 'oauth') throw tenancyErrors.own_credentials_required();
    const scopes = input.scopes ?? SCOPES.filter((scope) => caller.scopes.has(scope));
    if (scopes.length === 0)
      throw invalid([problem('scopes', 'must have at least 1 item(s)', 'må ha minst 1 element(er)')]);
    const beyond = scopes.filter((scope) => !caller.scopes.has(scope));
    if (beyond.length > 0) throw tenancyErrors.scope_beyond_own({ scopes: beyond.join(' ') });
    const expiresAt = new Date(now.getTime() + (input.expires_in_days ?? DAYS_IF_NOT_SAID) * 86_400_000);
    const { id, token } = await createAccessToken(tx, { userId: caller.userId, name: input.name, scopes, expiresAt });
    const made = await tx.one<AccessTokenRow>(sql`
      select id, name, scopes, created_at, expires_at, revoked_at, last_used_at from access_tokens where id = ${id}`);
    const shown = accessTokenJson(made);
    audit({ recordType: 'access_token', recordId: id, after: shown });
    return { ...shown, token };
  },
});
