import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { type ListValues, listValues } from './dimension-value.ts';
import { attachProjectRelations } from './project-relations.ts';

/** Projects of one client account, or of all that the caller may read. */
export const listProjects = readOperation({
  name: 'project.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run(context, input: ListValues) {
    const page = await listValues(context, 'project', input);
    return { ...page, data: await attachProjectRelations(context.tx, page.data, input.with) };
  },
});
