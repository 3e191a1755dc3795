import type { Route } from '../platform/http/route.ts';
import { bankRoutes } from './banks/banks.routes.ts';
import { enhetsregisteretRoutes } from './enhetsregisteret/enhetsregisteret.routes.ts';
import { altinnUserRoutes } from './altinn/index.ts';
import { systemUserRoutes } from './altinn/system-users/system-users.routes.ts';
import { dialogportenRoutes } from './dialogporten/dialogporten.routes.ts';
import { idPortenRoutes } from './id-porten/index.ts';

import { peppolRoutes } from './peppol/peppol.routes.ts';
import { eiendomRoutes } from './skatteetaten/eiendom/eiendom.routes.ts';

export { type BankOverview, getBankOverview } from './banks/bank-overview-get.ts';
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
export { registerTasks } from './enhetsregisteret/register-tasks.ts';
export { altinnUserToken, listParties, type Party } from './altinn/index.ts';
export { type Customer, customerOf } from './altinn/system-users/standing-system-user.ts';
export { RETURN_PATH } from './altinn/system-users/return-address.ts';
export { hasEnded, type SystemUserStatus } from './altinn/system-users/status.ts';
export type { SystemUserView } from './altinn/system-users/system-user.ts';
export { listSystemUsers } from './altinn/system-users/system-user-list.ts';
export { requestSystemUser } from './altinn/system-users/system-user-request.ts';
export { noteReturn } from './altinn/system-users/system-user-return.ts';
export type { Dialog } from './dialogporten/dialog.ts';
export { findDialogs, type FoundDialogs } from './dialogporten/dialog-search.ts';
export { syncDueSystemUsers } from './altinn/system-users/system-user-schedule.ts';
export { type ClientOrganization, getClientOrganization } from './client-organization.ts';
export { type Connections, getConnections } from './connections.ts';
export { envelopeXml } from './skatteetaten/mva-melding/envelope.ts';
export type { Instance } from './skatteetaten/mva-melding/instance.ts';
export {
  type MvaMeldingClient,
  mvaMeldingOf,
  type NextOutcome,
} from './skatteetaten/mva-melding/mva-melding-client.ts';
export { readPaymentInformation } from './skatteetaten/mva-melding/payment-information.ts';
export { type Sender, senderOf } from './skatteetaten/mva-melding/sender.ts';
export {
  type Deviation,
  readValidationResult,
  type ValidationResult,
} from './skatteetaten/mva-melding/validation-result.ts';
export {
  beginAltinnLogin,
  beginIdPortenLogin,
  browserOriginsOf,
  cameFromLogout,
  disconnect,
  endSessionOf,
  finishLogin,
  getIdPortenStatus,
  type LoginOutcome,
  resealTokens,
  revokeDue,
  type UserToken,
  userToken,
  type UserTokenOptions,
} from './id-porten/index.ts';
export { checkPeppol, duePeppolChecks } from './peppol/peppol-check.ts';
export { getPeppolStatus } from './peppol/peppol-status.ts';
export { switchPeppol } from './peppol/peppol-switch.ts';
export { mailTasks } from './mail-inbox/mail-tasks.ts';
export { peppolTasks } from './peppol/peppol-tasks.ts';
export { openIntegrations, registerConfiguredSystem } from './open-integrations.ts';

export { type Mailbox, type MailboxFile, type MailboxSession, SendFailed } from './bank-mailbox/mailbox.ts';
export { TaxYear } from './skatteetaten/eiendom/eiendom.routes.ts';
export { eiendomOf } from './skatteetaten/eiendom/eiendom-client.ts';
export { type ExternalId, namesProperty, readExternalId, searchText } from './skatteetaten/eiendom/external-id.ts';
export { hitOf, type PropertyHit } from './skatteetaten/eiendom/property-hits.ts';
export { isRefusedWith } from './skatteetaten/eiendom/refusal.ts';
export { readRegisteredProperty, type RegisteredProperty } from './skatteetaten/eiendom/registered-property.ts';
export { isUnknown } from './skatteetaten/eiendom/basis-layout.ts';
export { valuationBasis, type ValuationInput } from './skatteetaten/eiendom/valuation-basis.ts';

export type { WebhookOutcome } from './webhooks/webhook-client.ts';
export type { ConsumerFound, ConsumerKey } from './efaktura/efaktura-client.ts';

export const integrationRoutes: Route[] = [
  ...idPortenRoutes,
  ...altinnUserRoutes,
  ...systemUserRoutes,
  ...dialogportenRoutes,
  ...bankRoutes,
  ...enhetsregisteretRoutes,
  ...peppolRoutes,
  ...eiendomRoutes,
];
