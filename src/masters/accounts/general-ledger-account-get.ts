import { clientAccountOf } from '../../kernel/ids.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import { type Language, requestErrors } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { accountView, findAccountById } from './general-ledger-account.ts';
import { attachAccountRelations, requireClientAccount } from './general-ledger-account-relations.ts';

export interface GetAccount {
  id: number;
  clientAccountId?: number | undefined;
  asOf?: LocalDate | undefined;
  with: ReadonlySet<string>;
  language: Language;
}

/** An account: a national one (with a client account's changes, if one is given), or a client account's own. */
export const getAccount = readOperation({
  name: 'general-ledger-account.get',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, now, clientAccountIds }, input: GetAccount) {
    const owner = clientAccountOf(input.id);
    if (owner !== 0 && !clientAccountIds.includes(owner)) throw requestErrors.no_access();
    const clientAccountId = owner === 0 ? input.clientAccountId : owner;
    requireClientAccount(input.with, clientAccountId);
    const row = await findAccountById(tx, { clientAccountId: clientAccountId ?? null, asOf: input.asOf }, input.id);
    const view = accountView(row, input.language);
    await attachAccountRelations(tx, clientAccountId ?? null, [{ row, view }], {
      asked: input.with,
      language: input.language,
      now,
    });
    return view;
  },
});
