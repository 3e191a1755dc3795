import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { createValue, type ValueChanges } from './dimension-value.ts';

export const createProject = writeOperation({
  name: 'project.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { name: string } & Omit<ValueChanges, 'name' | 'is_active'>) =>
    createValue(context, 'project', input),
});
