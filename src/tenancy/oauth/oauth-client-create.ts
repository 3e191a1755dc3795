import { invalid } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { tenancyErrors } from '../errors.ts';
import {
  clientProblems,
  completed,
  insertOAuthClient,
  oauthClientJson,
  type OAuthClientRequest,
} from './oauth-client.ts';

/**
 * Creates a program's client. With client credentials it acts as the caller, so it gets no scope that the caller lacks,
 * and a program with delegated access cannot create one.
 */
export const createOAuthClient = writeOperation({
  name: 'oauth_clients.create',
  access: { kind: 'user', scope: 'write:profile' },
  answerIsSecret: true,
  async run({ tx, caller, audit }, request: OAuthClientRequest) {
    if (caller.via === 'oauth') throw tenancyErrors.own_credentials_required();
    const client = completed(request);
    const problems = clientProblems(client);
    if (problems.length > 0) throw invalid(problems);
    const held: ReadonlySet<string> = caller.scopes;
    const scopes = request.scope ? client.scope.split(' ') : client.scope.split(' ').filter((scope) => held.has(scope));
    const beyond = scopes.filter((scope) => !held.has(scope));
    if (beyond.length > 0) throw tenancyErrors.scope_beyond_own({ scopes: beyond.join(' ') });
    const { client_secret: secret, ...made } = await insertOAuthClient(
      tx,
      { ...client, scope: scopes.join(' ') },
      caller.userId,
    );
    const shown = oauthClientJson(made);
    audit({ recordType: 'oauth_client', after: shown });
    return { ...shown, client_secret: secret };
  },
});
