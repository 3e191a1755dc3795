import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { updateValue, type ValueChanges } from './dimension-value.ts';

/** Changes the given fields of a project; omitted fields stay. Errors: masters.has_balance. */
export const updateProject = writeOperation({
  name: 'project.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number; changes: ValueChanges }) =>
    updateValue(context, 'project', input.id, input.changes),
});
