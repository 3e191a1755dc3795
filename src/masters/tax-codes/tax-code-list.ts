import sql, { empty } from 'sql-template-tag';
import { dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { taxCodes } from './tax-code.ts';
import { attachTaxAccounts } from './tax-code-accounts.ts';

export const TAX_CODE_RELATIONS = ['tax_account', 'acquisition_tax_account'] as const;

export interface ListTaxCodes {
  /** The day whose rate is shown; today if not given. */
  date?: LocalDate | undefined;
  /** Only the codes that may, or may not, be used on that day. */
  isActive: boolean | null;
  with: ReadonlySet<string>;
  language: Language;
}

/** All VAT codes of a client account. */
export const listTaxCodes = readOperation({
  name: 'tax-code.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId, now }, input: ListTaxCodes) {
    const date = input.date ?? dateInNorway(now);
    const codes = await taxCodes(tx, clientAccountId, {
      date,
      language: input.language,
      where:
        input.isActive === null
          ? empty
          : sql`and (t.active_from <= ${date} and (t.active_to is null or t.active_to >= ${date})) = ${input.isActive}`,
    });
    await attachTaxAccounts(tx, clientAccountId, codes, input.with, input.language);
    return codes;
  },
});
