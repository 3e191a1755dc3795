import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changePartner } from './business-partner-update.ts';

/** Deactivates a business partner; the record stays. Errors: masters.has_balance. */
export const deactivateBusinessPartner = writeOperation({
  name: 'business-partner.deactivate',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number }) => changePartner(context, input.id, { is_active: false }),
});
