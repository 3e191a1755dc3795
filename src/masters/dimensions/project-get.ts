import { READERS } from '../../platform/caller.ts';
import { attachEmbedded } from '../../platform/http/embedded.ts';
import { readOperation } from '../../platform/operation.ts';
import { findValue } from './dimension-value.ts';
import { attachProjectRelations, type ProjectView } from './project-relations.ts';

export const getProject = readOperation({
  name: 'project.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }): Promise<ProjectView> {
    const project = await findValue(tx, clientAccountId, 'project', input.id);
    await attachEmbedded(tx, [project], input.with);
    return (await attachProjectRelations(tx, [project], input.with))[0]!;
  },
});
