import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changeAccount } from './general-ledger-account-update.ts';

/** Deactivates an account for a client account. Errors: masters.account_has_balance, masters.account_in_use. */
export const deactivateAccount = writeOperation({
  name: 'general-ledger-account.deactivate',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number; language: Language }) =>
    changeAccount(context, input.id, { is_active: false }, input.language),
});
