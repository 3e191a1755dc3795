import sql from 'sql-template-tag';
import { ADMINS, BOOKKEEPERS, READERS } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { type Static, strict, Type } from '../platform/http/schema.ts';
import { readOperation, writeOperation } from '../platform/operation.ts';

const Roles = Type.Array(Type.Enum([...BOOKKEEPERS]), { minItems: 1, maxItems: 3, uniqueItems: true });

export const PaymentSettings = strict({
  four_eyes: Type.Boolean({ description: 'A payment order is approved by somebody other than who prepared it' }),
  approver_roles: { ...Roles, description: 'Who may approve: AA accountant, CA owner, BK bookkeeper' },
});
export type PaymentSettings = Static<typeof PaymentSettings>;

export const PaymentSettingsChanges = Type.Partial(PaymentSettings, { additionalProperties: false });

export async function readPaymentSettings(tx: Transaction, clientAccountId: number): Promise<PaymentSettings> {
  const row = await tx.maybe<PaymentSettings>(sql`
    select four_eyes, approver_roles from payment_settings where client_account_id = ${clientAccountId}`);
  return row ?? { four_eyes: false, approver_roles: [...ADMINS] };
}

export const getPaymentSettings = readOperation({
  name: 'payment-settings.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }) => readPaymentSettings(tx, clientAccountId),
});

/** An order prepared under the four-eyes rule keeps it, whatever is changed here. */
export const changePaymentSettings = writeOperation({
  name: 'payment-settings.change',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, caller, now, audit }, changes: Partial<PaymentSettings>) {
    const before = await readPaymentSettings(tx, clientAccountId);
    const after: PaymentSettings = {
      four_eyes: changes.four_eyes ?? before.four_eyes,
      approver_roles: changes.approver_roles ?? before.approver_roles,
    };
    await tx.execute(sql`
      insert into payment_settings (client_account_id, four_eyes, approver_roles, updated_at, updated_by_id)
      values (${clientAccountId}, ${after.four_eyes}, ${after.approver_roles}, ${now}, ${caller.userId})
      on conflict (client_account_id) do update set four_eyes = excluded.four_eyes,
        approver_roles = excluded.approver_roles, updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id`);
    audit({ recordType: 'payment_settings', before, after });
    return after;
  },
});
