export { clientAccountsWithConsumersDue, lookConsumersUp } from './consumers/consumer-rounds.ts';
export { consumerInvoicingRoutes } from './consumer-invoicing.routes.ts';
export { registerIssuerPages } from './issuer/issuer-pages.tsx';
export { clientAccountsWithWaitingOrders, settleIssuerOrder } from './issuer/issuer-rounds.ts';
export { registerSoap } from './soap/soap.routes.ts';
