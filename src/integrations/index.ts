import type { Route } from '../platform/http/route.ts';
import { bankRoutes } from './banks/banks.routes.ts';
import { eiendomRoutes } from './skatteetaten/eiendom/eiendom.routes.ts';

export {
  type ActiveBankConnection,
  activeBankConnections,
  type AgreementNews,
  type AgreementState,
  type BankService,
  changeBankStatus,
  type IntegrationConfig,
  markConnected,
  type Provider,
  recordAgreement,
} from './banks/index.ts';
export { eiendomOf, organizationNumberOf } from './client-organization.ts';
export { type Mailbox, type MailboxFile, type MailboxSession, SendFailed } from './bank-mailbox/mailbox.ts';
export { openIntegrations } from './open-integrations.ts';
export { TaxYear } from './skatteetaten/eiendom/eiendom.routes.ts';
export { type ExternalId, namesProperty, readExternalId, searchText } from './skatteetaten/eiendom/external-id.ts';
export { hitOf, type PropertyHit } from './skatteetaten/eiendom/property-hits.ts';
export { isRefusedWith } from './skatteetaten/eiendom/refusal.ts';
export { readRegisteredProperty, type RegisteredProperty } from './skatteetaten/eiendom/registered-property.ts';
export { isUnknown } from './skatteetaten/eiendom/basis-layout.ts';
export { valuationBasis, type ValuationInput } from './skatteetaten/eiendom/valuation-basis.ts';

export const integrationRoutes: Route[] = [...eiendomRoutes, ...bankRoutes];
