import { EVERY_ROLE } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { findFile } from './file.ts';

export const getFile = readOperation({
  name: 'file.get',
  access: { kind: 'client', scope: 'read:accounting', roles: EVERY_ROLE },
  run: ({ tx, clientAccountId, caller }, input: { id: number }) => findFile(tx, clientAccountId, input.id, caller),
});
