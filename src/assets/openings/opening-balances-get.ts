import type { LocalDate } from '../../kernel/local-date.ts';
import { dateInNorway } from '../../kernel/local-date.ts';
import { formatAmount } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import { DateText, Id, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { ASSET_CLASSES } from '../asset-class.ts';
import { accountsOf, chosenAccounts } from '../asset-class-accounts.ts';
import { openingDay, readUnassigned } from './unassigned-balances.ts';

export const OpeningBalances = strict({
  client_account_id: Id,
  entry_date: { ...DateText, description: 'The day on which they would come onto assets, if no other is given' },
  accounts: Type.Array(
    strict({
      account_code: Type.String(),
      kind: Type.Enum(['cost', 'accumulated']),
      balance: Type.String({ description: 'Debit − credit on lines without an asset, at the end of that day' }),
      asset_classes: Type.Array(Type.String(), { description: 'Classes that are posted on the account' }),
    }),
  ),
});
export type OpeningBalances = Static<typeof OpeningBalances>;

/** Balances on fixed asset accounts without an asset, as left by an import: the amounts to assign to assets. */
export const getOpeningBalances = readOperation({
  name: 'asset-opening.balances',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId, now }, input: { entryDate: LocalDate | null }): Promise<OpeningBalances> {
    const day = input.entryDate ?? (await openingDay(tx, clientAccountId)) ?? dateInNorway(now);
    const chosen = await chosenAccounts(tx, clientAccountId);
    const balances = await readUnassigned(tx, clientAccountId, day);
    return {
      client_account_id: clientAccountId,
      entry_date: day,
      accounts: balances.map(({ account, role, balance }) => ({
        account_code: account,
        kind: role,
        balance: formatAmount(balance),
        asset_classes: ASSET_CLASSES.filter(
          (each) => accountsOf(each, chosen)[role === 'cost' ? 'asset' : 'accumulated'] === account,
        ).map(({ code }) => code),
      })),
    };
  },
});
