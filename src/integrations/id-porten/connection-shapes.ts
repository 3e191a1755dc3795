import { asBoolean, Id, nullable, QueryBoolean, type Static, strict, Type } from '../../platform/http/schema.ts';
import type { Language } from '../../platform/errors.ts';

export const StatusShape = strict({
  connected: Type.Boolean(),
  end_session_url: nullable(
    Type.String({ description: 'Ends the session at ID-porten; holds the user’s id token. Null when not connected' }),
  ),
});

export const AuthorizeShape = strict({
  authorization_url: Type.String({ description: 'Where the user’s browser goes next; good for two minutes' }),
});

export const AuthorizeQuery = strict({
  client_account_id: Type.Optional({ ...Id, description: 'Where the user comes from and goes back to' }),
  another_person: Type.Optional({ ...QueryBoolean, description: 'The user may log in as another person than before' }),
});

export function loginQuestion(query: Static<typeof AuthorizeQuery>, language: Language) {
  return {
    clientAccountId: query.client_account_id ?? null,
    anotherPerson: asBoolean(query.another_person, false),
    language,
  };
}
