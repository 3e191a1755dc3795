import { READERS } from '../../platform/caller.ts';
import { attachRelations } from '../../platform/http/relations.ts';
import { readOperation } from '../../platform/operation.ts';
import { findValue } from './dimension-value.ts';
import { attachProjectRelations, type ProjectView } from './project-relations.ts';

export const getProject = readOperation({
  name: 'project.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }): Promise<ProjectView> {
    const project = await findValue(tx, clientAccountId, 'project', input.id);
    await attachRelations(tx, [project], input.with);
    return (await attachProjectRelations(tx, [project], input.with))[0]!;
  },
});
