import sql from 'sql-template-tag';
import { houseAccountsOf } from '../../banking/index.ts';
import { addAddOn, removeAddOn } from '../../billing/index.ts';
import { lockBooks } from '../../ledger/index.ts';
import { ADMINS } from '../../platform/caller.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import {
  type AgreementState,
  type BankConnection,
  bankStanding,
  findConnection,
  type IntegrationConfig,
  requireBank,
} from './bank-connection.ts';
import type { SupportedBank } from './bank-directory.ts';
import { bankStatus } from './bank-status.ts';
import { bankErrors } from './errors.ts';
import { requireConfig } from './integration-config.ts';

export interface BankStatusChange {
  bic: string;
  isActive: boolean;
  /** Undefined: unchanged. */
  config: IntegrationConfig | undefined;
}

const ADD_ON = 'BANK_INTEGRATION';

/**
 * Orders or ends the integration with a bank, and with it the paid add-on. Repeating changes nothing. Throws
 * banks.not_supported (404), banks.no_active_account (400), and 400 for missing data that the bank requires.
 */
export const changeBankStatus = writeOperation({
  name: 'bank-integration.change',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run(context, input: BankStatusChange) {
    const { tx, platform, clientAccountId } = context;
    const bank = requireBank(platform, input.bic);
    if (input.isActive) await requireActiveAccount(context, bank);
    await lockBooks(tx, clientAccountId);
    const before = await findConnection(tx, clientAccountId, bank.bic);
    const after = changed(before, bank, input, context.now);
    if (after.is_active) requireConfig(bank.bic, after.integration_config);
    await store(context, after);
    context.audit({ recordType: 'bank_connection', before: before ?? null, after });
    await chargeFor(context);
    return bankStatus(await bankStanding(tx, platform, clientAccountId, bank));
  },
});

/** Holds a share lock, so that the account is not deactivated until this is done. */
async function requireActiveAccount({ tx, clientAccountId }: Context, bank: SupportedBank): Promise<void> {
  const accounts = await houseAccountsOf(tx, clientAccountId, sql`for share`);
  if (!accounts.some((account) => account.is_active && account.bic === bank.bic))
    throw bankErrors.no_active_account({ bank: bank.name, bic: bank.bic });
}

/** An ended agreement starts again with a new form. */
const ENDED: readonly AgreementState[] = ['not_requested', 'rejected', 'expired', 'terminated'];

function changed(
  before: BankConnection | undefined,
  bank: SupportedBank,
  { isActive, config }: BankStatusChange,
  now: Date,
): BankConnection {
  const state = before?.agreement_state ?? 'not_requested';
  const isSwitched = isActive !== (before?.is_active ?? false);
  const begins = isSwitched && isActive && ENDED.includes(state);
  // Never sent, so no agreement exists at the bank.
  const withdraws = isSwitched && !isActive && state === 'form_ready';
  const agreement = begins ? 'form_ready' : withdraws ? 'not_requested' : state;
  return {
    bic: bank.bic,
    provider: begins || !before ? bank.provider : before.provider,
    is_active: isActive,
    integration_config: config ?? before?.integration_config ?? {},
    agreement_state: agreement,
    agreement_reason: agreement === state ? (before?.agreement_reason ?? null) : null,
    agreement_at: agreement === state ? (before?.agreement_at ?? null) : now,
    ordered_at: isSwitched && isActive ? now : (before?.ordered_at ?? null),
  };
}

async function store({ tx, clientAccountId, caller, now }: Context, after: BankConnection): Promise<void> {
  await tx.execute(sql`
    insert into bank_connections as c (client_account_id, bic, provider, is_active, integration_config, agreement_state,
      agreement_reason, agreement_at, ordered_at, created_at, created_by_id, updated_at, updated_by_id)
    values (${clientAccountId}, ${after.bic}, ${after.provider}, ${after.is_active},
      ${JSON.stringify(after.integration_config)}, ${after.agreement_state}, ${after.agreement_reason},
      ${after.agreement_at}, ${after.ordered_at}, ${now}, ${caller.userId}, ${now}, ${caller.userId})
    on conflict (client_account_id, bic) do update set provider = excluded.provider, is_active = excluded.is_active,
      integration_config = excluded.integration_config, agreement_state = excluded.agreement_state,
      agreement_reason = excluded.agreement_reason, agreement_at = excluded.agreement_at,
      ordered_at = excluded.ordered_at, updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id`);
}

/** The add-on is charged while at least one bank is active. */
async function chargeFor(context: Context): Promise<void> {
  const { tx, clientAccountId, caller, now } = context;
  const active = await tx.maybe(sql`
    select 1 as active from bank_connections where client_account_id = ${clientAccountId} and is_active limit 1`);
  const isChanged = active
    ? await addAddOn(tx, clientAccountId, ADD_ON, { now, userId: caller.userId })
    : await removeAddOn(tx, clientAccountId, ADD_ON);
  if (isChanged)
    context.audit({
      recordType: 'billing_order',
      before: active ? null : { code: ADD_ON },
      after: active ? { code: ADD_ON } : null,
    });
}
