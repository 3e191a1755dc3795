export {
  beginSendingClaims,
  type ClaimSendOutcome,
  claimFilesToSend,
  endSendingClaims,
  type WaitingClaimFile,
} from './avtalegiro/claims/claim-send.ts';
export { clientAccountsWithOpenClaims, followClaims, openClaimsAmong } from './avtalegiro/claims/claim-follow.ts';
export { clientAccountsWithWaitingClaims, prepareClaimFiles } from './avtalegiro/claims/claim-prepare.ts';
export { clientAccountsWithConsumersDue, lookConsumersUp } from './consumers/consumer-rounds.ts';
export { consumerInvoicingRoutes } from './consumer-invoicing.routes.ts';
export { registerIssuerPages } from './issuer/issuer-pages.tsx';
export { clientAccountsWithWaitingOrders, settleIssuerOrder } from './issuer/issuer-rounds.ts';
export { registerSoap } from './soap/soap.routes.ts';
export { type OperatorFile, operatorFile } from './avtalegiro/files/operator-file.ts';
export { takeMandateFile } from './avtalegiro/files/mandate-import.ts';
export { consumerChannels } from './routing/consumer-channels.ts';
export { mandateImportJob } from './avtalegiro/files/mandate-import-job.ts';
