import sql from 'sql-template-tag';
import { houseAccountsOf } from '../banking/index.ts';
import { READERS } from '../platform/caller.ts';
import { readOperation } from '../platform/operation.ts';

/** Data of the payments page beside orders and bills: the company, and the accounts that can pay. */
export interface PaymentDesk {
  name: string;
  accounts: { id: number; name: string; number: string }[];
}

export const getPaymentDesk = readOperation({
  name: 'payment-desk.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, _: undefined): Promise<PaymentDesk> {
    const { name } = await tx.one<{ name: string }>(sql`
      select coalesce(o.name, c.display_name) as name from client_accounts c
      left join organizations o on o.id = c.organization_id where c.id = ${clientAccountId}`);
    const accounts = await houseAccountsOf(tx, clientAccountId);
    return {
      name,
      accounts: accounts
        .filter(
          ({ is_active, currency_code, bban, iban }) => is_active && currency_code === 'NOK' && (bban ?? iban) !== null,
        )
        .map(({ id, name: called, bban, iban }) => ({ id, name: called, number: (bban ?? iban)! })),
    };
  },
});
