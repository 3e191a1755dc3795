import { READERS } from '../../../platform/caller.ts';
import type { Language } from '../../../platform/errors.ts';
import { handedOnOperation } from '../../../platform/operation.ts';
import { printForm } from '../../../reports/index.ts';
import { agreementForm } from './agreement-form.ts';
import { readAgreementData } from './form-data.ts';

interface Input {
  bic: string;
  language: Language;
  /** Set when the caller has left. */
  left(): AbortSignal;
}

/** The agreement form of a bank as PDF, with the known data filled in. Throws 404 as `readAgreementData` does. */
export const getAgreementForm = handedOnOperation({
  name: 'bank-integration.agreement-form',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, clientAccountId }, { bic, language, left }: Input) {
    const { database, clock } = platform;
    const data = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      readAgreementData(tx, platform, clientAccountId, bic),
    );
    const form = agreementForm(data, { language, now: clock.now() });
    const fileName = `integration-agreement-${data.bank.bic}.pdf`;
    return printForm({ platform, clientAccountId }, { form, fileName }, left());
  },
});
