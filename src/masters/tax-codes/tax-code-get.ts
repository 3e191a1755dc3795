import { dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { findTaxCode } from './tax-code.ts';
import { attachTaxAccounts } from './tax-code-accounts.ts';

export const getTaxCode = readOperation({
  name: 'tax-code.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run(
    { tx, clientAccountId, now },
    input: { id: number; date?: LocalDate | undefined; with: ReadonlySet<string>; language: Language },
  ) {
    const { language } = input;
    const code = await findTaxCode(tx, clientAccountId, input.id, { date: input.date ?? dateInNorway(now), language });
    await attachTaxAccounts(tx, clientAccountId, [code], input.with, language);
    return code;
  },
});
