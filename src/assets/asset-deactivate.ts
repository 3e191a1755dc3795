import { BOOKKEEPERS } from '../platform/caller.ts';
import { writeOperation } from '../platform/operation.ts';
import { changeAsset } from './asset-update.ts';

/** Deactivates an asset; the record stays. Errors: masters.has_balance. */
export const deactivateAsset = writeOperation({
  name: 'asset.deactivate',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number }) => changeAsset(context, input.id, { is_active: false }),
});
