import sql, { type Sql } from 'sql-template-tag';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { peppolErrors } from './errors.ts';

/** The state of a client account in the network; `PeppolConnection.is_active` and `connected` follow from it. */
export type PeppolState = 'publishing' | 'connected' | 'lost' | 'leaving' | 'off' | 'taken';

export interface PeppolConnection {
  client_account_id: number;
  /** `0192:991825827` */
  participant: string;
  /** Switched on here. */
  is_active: boolean;
  /** The network shows it at our access point, for invoices and credit notes. */
  connected: boolean;
  state: PeppolState;
  state_at: Date;
  next_check_at: Date | null;
  updated_at: Date;
  updated_by_id: number | null;
}

export function isActiveIn(state: PeppolState): boolean {
  return state === 'publishing' || state === 'connected' || state === 'lost';
}

const COLUMNS = sql`client_account_id, participant, is_active, connected, state, state_at, next_check_at, updated_at,
  updated_by_id`;

/** `lock`: the lock mode of the row. */
export function findPeppol(
  tx: Transaction,
  clientAccountId: number,
  lock: Sql = sql``,
): Promise<PeppolConnection | undefined> {
  return tx.maybe<PeppolConnection>(sql`
    select ${COLUMNS} from peppol_connections where client_account_id = ${clientAccountId} ${lock}`);
}

/** The participant that a client account is in the network. */
export interface PeppolOrganization {
  name: string;
  organizationNumber: string;
}

/** Throws peppol.no_valid_number (400). */
export async function requireOrganization(tx: Transaction, clientAccountId: number): Promise<PeppolOrganization> {
  const { name, number } = await tx.one<{ name: string; number: string | null }>(
    sql`select display_name as name, organization_number as number from client_accounts where id = ${clientAccountId}`,
  );
  if (number === null || !isOrganizationNumber(number)) throw peppolErrors.no_valid_number();
  return { name, organizationNumber: number };
}

export function numberOf(participant: string): string {
  return participant.slice(participant.indexOf(':') + 1);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When the network is asked next: soon while a change is pending, nightly while all is well, never after the end. */
export function nextCheck(state: PeppolState, since: Date, now: Date, clientAccountId: number): Date | null {
  if (state === 'off' || state === 'taken') return null;
  if (state === 'connected') return nextNight(now, clientAccountId);
  if (state === 'lost') return new Date(now.getTime() + HOUR_MS);
  const isNew = now.getTime() - since.getTime() < HOUR_MS;
  return new Date(now.getTime() + (isNew ? MINUTE_MS : 15 * MINUTE_MS));
}

/** Between one and four in UTC, with a fixed minute for each client account. */
function nextNight(now: Date, clientAccountId: number): Date {
  const midnight = new Date(now.toISOString().slice(0, 10)).getTime();
  const at = midnight + HOUR_MS + (clientAccountId % 180) * MINUTE_MS;
  return new Date(at > now.getTime() ? at : at + 24 * HOUR_MS);
}
