import { READERS } from '../platform/caller.ts';
import type { Language } from '../platform/errors.ts';
import { type Static, strict, Type, nullable } from '../platform/http/schema.ts';
import { readOperation } from '../platform/operation.ts';
import { ASSET_CLASSES, assetClassView } from './asset-class.ts';
import { accountsOf, chosenAccounts } from './asset-class-accounts.ts';

export const AssetClassView = strict({
  code: Type.String(),
  name: Type.String(),
  description: Type.String(),
  depreciation_method: Type.Enum(['saldo', 'linear', 'none']),
  ifrs_standard: Type.Enum(['IAS 16', 'IAS 38', 'IAS 40']),
  no: strict({
    saldogruppe: nullable(Type.String()),
    depreciation_rate: Type.String(),
    default_asset_account: Type.String(),
    default_accumulated_account: nullable(Type.String()),
    default_expense_account: nullable(Type.String()),
    proposed_accumulated_account: Type.Optional(
      nullable(Type.String({ description: 'Fits the class better; only with client_account_id' })),
    ),
  }),
});
export type AssetClassView = Static<typeof AssetClassView>;

/** All classes; for a client account with its chosen accounts, and the accumulated accounts proposed to it. */
export const listAssetClasses = readOperation({
  name: 'asset-class.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountIds }, input: { language: Language; clientAccountId: number | null }) {
    const [clientAccountId] = input.clientAccountId === null ? [] : clientAccountIds;
    if (clientAccountId === undefined) return ASSET_CLASSES.map((each) => assetClassView(each, input.language));
    const chosen = await chosenAccounts(tx, clientAccountId);
    return ASSET_CLASSES.map((each): AssetClassView => {
      const view = assetClassView(each, input.language, accountsOf(each, chosen));
      return { ...view, no: { ...view.no, proposed_accumulated_account: each.betterAccumulated } };
    });
  },
});
