import { READERS } from '../../../platform/caller.ts';
import type { JsonObject } from '../../../platform/outbound/json-answer.ts';
import { handedOnOperation } from '../../../platform/operation.ts';
import { customerOf } from '../../altinn/system-users/standing-system-user.ts';
import { eiendomOf } from './eiendom-client.ts';
import { externalIdOf, propertiesIn } from './property-hits.ts';

/**
 * Searches Skatteetaten's property registry on behalf of the client account. The response is Skatteetaten's; every
 * property in it also has an `external_id`, which is used to attach an asset to it.
 */
export const searchProperties = handedOnOperation({
  name: 'skatteetaten.eiendom-search',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, clientAccountId }, input: { taxYear: number; query: string }): Promise<JsonObject> {
    const owner = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      customerOf(tx, clientAccountId),
    );
    const answer = await eiendomOf(platform).search(input.taxYear, input.query, owner);
    for (const property of propertiesIn(answer)) property.external_id = externalIdOf(property);
    return answer;
  },
});
