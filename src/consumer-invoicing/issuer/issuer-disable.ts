import sql, { raw } from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { outsideOperation } from '../../platform/outside-operation.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { networkOf } from '../network.ts';
import {
  ISSUER_AGREEMENT_COLUMNS,
  issuerAgreementJson,
  type IssuerAgreementRow,
  latestAgreement,
} from './issuer-agreement.ts';

/** Ends the company's agreement, which must be CONFIRMED, at the operator and here. */
export const disableIssuerAgreement = outsideOperation({
  name: 'consumer_invoicing.issuer.disable',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async read({ tx, clientAccountId, platform }) {
    requireConfirmed(await latestAgreement(tx, clientAccountId, platform.clock.now()));
    const { organization_number: number } = await tx.one<{ organization_number: string | null }>(sql`
      select organization_number from client_accounts where id = ${clientAccountId}`);
    return number;
  },
  async ask({ platform }, _input: object, organizationNumber) {
    if (organizationNumber !== null) await networkOf(platform).disableIssuer(organizationNumber);
  },
  async write({ tx, clientAccountId, now, audit }) {
    const before = requireConfirmed(await latestAgreement(tx, clientAccountId, now, { forUpdate: true }));
    const after = await tx.one<IssuerAgreementRow>(sql`
      update issuer_agreements set state = 'DISABLED', state_at = ${now}
      where client_account_id = ${clientAccountId} and id = ${before.id} returning ${raw(ISSUER_AGREEMENT_COLUMNS)}`);
    const shown = issuerAgreementJson(after);
    audit({ recordType: 'issuer_agreement', recordId: before.id, before: issuerAgreementJson(before), after: shown });
    return shown;
  },
});

function requireConfirmed(agreement: IssuerAgreementRow | undefined): IssuerAgreementRow {
  if (!agreement) throw consumerInvoicingErrors.issuer_not_ordered();
  if (agreement.state !== 'CONFIRMED') throw consumerInvoicingErrors.issuer_not_confirmed({ state: agreement.state });
  return agreement;
}
