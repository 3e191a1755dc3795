import { READERS } from '../platform/caller.ts';
import { readOperation } from '../platform/operation.ts';
import { attachAssetRelations, findAsset, viewOf } from './asset.ts';

export const getAsset = readOperation({
  name: 'asset.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }) {
    const asset = viewOf(await findAsset(tx, clientAccountId, input.id));
    await attachAssetRelations(tx, [asset], input.with);
    return asset;
  },
});
