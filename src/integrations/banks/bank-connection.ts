import sql, { type Sql } from 'sql-template-tag';
import { type HouseAccount, houseAccountsOf } from '../../banking/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Platform } from '../../platform/operation.ts';
import { bankDirectory, type Provider, type SupportedBank } from './bank-directory.ts';
import { bankErrors } from './errors.ts';

/** State of the agreement. First the steps up to `connected` in order, then the ways it may end. */
export type AgreementState =
  | 'not_requested'
  | 'form_ready'
  | 'sent_to_bank'
  | 'bank_processing'
  | 'connected'
  | 'rejected'
  | 'expired'
  | 'terminated';

export const SERVICES = ['payments', 'statements', 'receivables'] as const;
export type BankService = (typeof SERVICES)[number];

/** Data that a bank requires besides the accounts; DNB requires both. Texts, because leading zeros count. */
export interface IntegrationConfig {
  division_number?: string;
  division_name?: string;
}

export interface BankConnection {
  bic: string;
  provider: Provider;
  /** Ordered by the client account. */
  is_active: boolean;
  integration_config: IntegrationConfig;
  agreement_state: AgreementState;
  agreement_reason: string | null;
  agreement_at: Date | null;
  ordered_at: Date | null;
}

/** The provider's state of an account. */
export interface AccountReadiness {
  bank_account_id: number;
  state: 'requested' | 'ready' | 'rejected' | 'ended';
  reason: string | null;
  services: BankService[];
}

/** One of our bank accounts and the provider's state of it; null if there is none yet. */
export type ConnectedAccount = HouseAccount & { readiness: AccountReadiness | null };

/** The whole state of a client account's integration with one bank. */
export interface BankStanding {
  bank: SupportedBank;
  connection: BankConnection | null;
  /** At this bank, including inactive ones. */
  accounts: ConnectedAccount[];
}

const COLUMNS = sql`bic, provider, is_active, integration_config, agreement_state, agreement_reason, agreement_at,
  ordered_at`;

/** Of one client account, by BIC. `lock`: the kind of row lock. */
export function findConnection(
  tx: Transaction,
  clientAccountId: number,
  bic: string,
  lock: Sql = sql``,
): Promise<BankConnection | undefined> {
  return tx.maybe<BankConnection>(sql`
    select ${COLUMNS} from bank_connections where client_account_id = ${clientAccountId} and bic = ${bic} ${lock}`);
}

/** The bank; throws banks.not_supported (404). */
export function requireBank(platform: Platform, bic: string): SupportedBank {
  const bank = bankDirectory(platform).find(bic);
  if (!bank) throw bankErrors.not_supported({ bic });
  return bank;
}

/** The client account's banks with a provider, by name: used now or earlier. */
async function everyStanding(tx: Transaction, platform: Platform, clientAccountId: number): Promise<BankStanding[]> {
  const houses = await houseAccountsOf(tx, clientAccountId);
  const connections = await tx.rows<BankConnection>(sql`
    select ${COLUMNS} from bank_connections where client_account_id = ${clientAccountId}`);
  const readiness = await tx.rows<AccountReadiness>(sql`
    select bank_account_id, state, reason, services from bank_connection_accounts
    where client_account_id = ${clientAccountId}`);
  const readinessOf = new Map(readiness.map((each) => [each.bank_account_id, each]));
  return bankDirectory(platform).banks.flatMap((bank) => {
    const connection = connections.find(({ bic }) => bic === bank.bic) ?? null;
    const accounts = houses
      .filter(({ bic }) => bic === bank.bic)
      .map((account) => ({ ...account, readiness: readinessOf.get(account.id) ?? null }));
    return connection || accounts.length > 0 ? [{ bank, connection, accounts }] : [];
  });
}

/** Banks where the client account has an active account, has ordered the integration, or has an agreement. */
export async function bankStandings(
  tx: Transaction,
  platform: Platform,
  clientAccountId: number,
): Promise<BankStanding[]> {
  const all = await everyStanding(tx, platform, clientAccountId);
  return all.filter(
    ({ connection, accounts }) =>
      accounts.some((account) => account.is_active) ||
      connection?.is_active ||
      connection?.agreement_state === 'connected',
  );
}

/** The integration with one bank, with or without an account there. */
export async function bankStanding(
  tx: Transaction,
  platform: Platform,
  clientAccountId: number,
  bank: SupportedBank,
): Promise<BankStanding> {
  const all = await everyStanding(tx, platform, clientAccountId);
  return all.find((standing) => standing.bank.bic === bank.bic) ?? { bank, connection: null, accounts: [] };
}

/** Whether files are exchanged: the bank has registered the agreement, and at least one account is ready. */
export function isConnected({ connection, accounts }: BankStanding): boolean {
  return connection?.agreement_state === 'connected' && accounts.some(({ readiness }) => readiness?.state === 'ready');
}

/** The provider of the agreement, otherwise the one in the directory. */
export function providerOf({ connection, bank }: BankStanding): Provider {
  return connection && connection.agreement_state !== 'not_requested' ? connection.provider : bank.provider;
}
