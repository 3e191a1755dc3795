export { type ActiveBankConnection, activeBankConnections } from './active-connections.ts';
export { changeBankStatus } from './bank-status-change.ts';
export { type AgreementNews, markConnected, recordAgreement } from './agreement.ts';
export type { AgreementState, BankService, IntegrationConfig } from './bank-connection.ts';
export type { Provider } from './bank-directory.ts';
