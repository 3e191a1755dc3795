import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { updateValue } from './dimension-value.ts';

/** Deactivates a project; the record stays. Errors: masters.has_balance. */
export const deactivateProject = writeOperation({
  name: 'project.deactivate',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number }) => updateValue(context, 'project', input.id, { is_active: false }),
});
