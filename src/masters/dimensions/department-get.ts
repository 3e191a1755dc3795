import { READERS } from '../../platform/caller.ts';
import { attachRelations } from '../../platform/http/relations.ts';
import { readOperation } from '../../platform/operation.ts';
import { findValue } from './dimension-value.ts';

export const getDepartment = readOperation({
  name: 'department.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }) {
    const department = await findValue(tx, clientAccountId, 'department', input.id);
    await attachRelations(tx, [department], input.with);
    return department;
  },
});
