import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { updateValue } from './dimension-value.ts';

/** Deactivates a department; the record stays. Errors: masters.has_balance. */
export const deactivateDepartment = writeOperation({
  name: 'department.deactivate',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number }) => updateValue(context, 'department', input.id, { is_active: false }),
});
