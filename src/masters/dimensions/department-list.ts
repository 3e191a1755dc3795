import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { type ListValues, listValues } from './dimension-value.ts';

export const DEPARTMENT_RELATIONS = ['client_account', 'created_by', 'updated_by'] as const;

/** Departments of one client account, or of all that the caller may read. */
export const listDepartments = readOperation({
  name: 'department.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  run: (context, input: ListValues) => listValues(context, 'department', input),
});
