import sql from 'sql-template-tag';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';

/** Accounts for differences and transfers in the shipped chart; a client account may choose its own. */
export const DEFAULT_ACCOUNTS = {
  rounding: '7740',
  currency_gain: '8060',
  currency_loss: '8160',
  fee: '7770',
  discount_given: '3080',
  discount_received: '4370',
  interest_received: '8055',
  interest_paid: '8155',
  transfer: '1945',
} as const;
export type MatchingAccount = keyof typeof DEFAULT_ACCOUNTS;

export interface MatchingSettings {
  /** Maximum øre that count as rounding. */
  roundingTolerance: Ore;
  accounts: Record<MatchingAccount, string>;
}

export async function readMatchingSettings(tx: Transaction, clientAccountId: number): Promise<MatchingSettings> {
  const row = await tx.maybe<{ rounding_tolerance: number; accounts: Partial<Record<MatchingAccount, string>> }>(sql`
    select rounding_tolerance, accounts from bank_matching_settings where client_account_id = ${clientAccountId}`);
  return {
    roundingTolerance: ore(row?.rounding_tolerance ?? 100),
    accounts: { ...DEFAULT_ACCOUNTS, ...row?.accounts },
  };
}
