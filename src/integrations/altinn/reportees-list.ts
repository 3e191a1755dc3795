import type { Language } from '../../platform/errors.ts';
import type { JsonObject } from '../../platform/outbound/json-answer.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { handedOnOperation } from '../../platform/operation.ts';
import type { Altinn2 } from './altinn2.ts';
import { authorizedParties } from './parties.ts';
import { reporteesFromParties } from './reportees-from-parties.ts';
import { altinnOf } from './user-token.ts';
import { withAltinnToken } from './with-token.ts';

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    altinn2: Altinn2;
  }
}

/**
 * The organizations and persons that the user can act for in Altinn 2, as Altinn 2 returns them (HAL+JSON), or
 * converted from Altinn 3 if the installation is configured so.
 */
export const listReportees = handedOnOperation({
  name: 'altinn.reportees',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ platform, caller }, { language }: { language: Language }): Promise<JsonObject> {
    const altinn = altinnOf(platform);
    if (altinn.options.reportees === 'altinn3') {
      const parties = await withAltinnToken(platform, caller.userId, (token) => authorizedParties(altinn, token));
      return reporteesFromParties(parties, `${altinn.options.url}/accessmanagement/api/v1/authorizedparties`, language);
    }
    const altinn2 = platform.outside?.altinn2;
    if (!altinn2) throw outboundErrors.not_configured({ service: 'Altinn 2' });
    let tokens = 0;
    return withAltinnToken(platform, caller.userId, (token) =>
      altinn2.reportees(token, language, { isNew: ++tokens > 1 }),
    );
  },
});
