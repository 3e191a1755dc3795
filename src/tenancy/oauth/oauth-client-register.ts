import { invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import {
  clientProblems,
  completed,
  insertOAuthClient,
  oauthClientJson,
  type OAuthClientRequest,
} from './oauth-client.ts';
import { placeOf, throttled } from '../sign-in/throttle.ts';

interface Registration {
  client: OAuthClientRequest;
  /** The sender's address. */
  address: string;
}

const register = writeOperation({
  name: 'oauth_clients.register',
  access: { kind: 'public' },
  answerIsSecret: true,
  async run({ tx, audit }, { client: request }: Registration) {
    const client = completed(request);
    const problems = clientProblems(client);
    // A client that registered itself has no user to act as.
    if (client.grant_types.includes('client_credentials'))
      problems.push(
        problem(
          'grant_types',
          'client_credentials is for clients that a signed-in user makes',
          'client_credentials er for klienter som en innlogget bruker lager',
        ),
      );
    if (problems.length > 0) throw invalid(problems);
    const { client_secret: secret, ...made } = await insertOAuthClient(tx, client, null);
    audit({ recordType: 'oauth_client', after: oauthClientJson(made) });
    return { ...oauthClientJson(made), client_secret: secret };
  },
});

/** Dynamic registration (RFC 7591) without credentials: ten an hour from one address. */
export const registerOAuthClient = throttled(register, ({ address }) => [
  { key: `register from ${placeOf(address)}`, most: 10, seconds: 3600 },
]);
