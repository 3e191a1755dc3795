import type { Route } from '../platform/http/route.ts';
import { altinnUserRoutes } from './altinn/index.ts';
import { idPortenRoutes } from './id-porten/index.ts';
import { eiendomRoutes } from './skatteetaten/eiendom/eiendom.routes.ts';

export { altinnUserToken } from './altinn/index.ts';
export { eiendomOf, organizationNumberOf } from './client-organization.ts';
export {
  cameFromLogout,
  disconnect,
  endSessionOf,
  finishLogin,
  type LoginOutcome,
  resealTokens,
  revokeDue,
  type UserToken,
  userToken,
  type UserTokenOptions,
} from './id-porten/index.ts';
export { openIntegrations } from './open-integrations.ts';
export { TaxYear } from './skatteetaten/eiendom/eiendom.routes.ts';
export { type ExternalId, namesProperty, readExternalId, searchText } from './skatteetaten/eiendom/external-id.ts';
export { hitOf, type PropertyHit } from './skatteetaten/eiendom/property-hits.ts';
export { isRefusedWith } from './skatteetaten/eiendom/refusal.ts';
export { readRegisteredProperty, type RegisteredProperty } from './skatteetaten/eiendom/registered-property.ts';
export { isUnknown } from './skatteetaten/eiendom/basis-layout.ts';
export { valuationBasis, type ValuationInput } from './skatteetaten/eiendom/valuation-basis.ts';

export const integrationRoutes: Route[] = [...idPortenRoutes, ...altinnUserRoutes, ...eiendomRoutes];
