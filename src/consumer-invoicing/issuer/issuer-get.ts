import { ADMINS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { issuerAgreementJson, latestAgreement } from './issuer-agreement.ts';

/** The latest order of the company's agreement. Throws consumer_invoicing.issuer_not_ordered (404). */
export const getIssuerAgreement = readOperation({
  name: 'consumer_invoicing.issuer.get',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, now }) {
    const found = await latestAgreement(tx, clientAccountId, now);
    if (!found) throw consumerInvoicingErrors.issuer_not_ordered();
    return issuerAgreementJson(found);
  },
});
