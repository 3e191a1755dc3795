import sql, { raw } from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { secretHash } from '../../tenancy/index.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import {
  hasExpired,
  ISSUER_AGREEMENT_COLUMNS,
  issuerAgreementJson,
  type IssuerAgreementRow,
} from './issuer-agreement.ts';
import { clientAccountOfLink } from './issuer-link.ts';

/** The page of a link before it is accepted. Unknown, used, replaced and expired links look the same. */
export const openIssuerLink = readOperation({
  name: 'consumer_invoicing.issuer.open',
  access: { kind: 'public' },
  async run({ tx, now }, { token }: { token: string }) {
    const row = await rowOfLink(tx, token, now);
    const company = await tx.one<{ display_name: string; organization_number: string | null }>(sql`
      select display_name, organization_number from client_accounts where id = ${row.client_account_id}`);
    return {
      company: company.display_name,
      organization_number: company.organization_number,
      signer_name: row.signer_name,
      signer_email: row.signer_email,
      expires_at: row.expires_at,
    };
  },
});

/** The signer accepts or declines, once. An accepted order is confirmed when the operator has confirmed it. */
export const answerIssuerLink = writeOperation({
  name: 'consumer_invoicing.issuer.answer',
  access: { kind: 'public' },
  async run({ tx, now, audit }, { token, accepted }: { token: string; accepted: boolean }) {
    const before = await rowOfLink(tx, token, now, { forUpdate: true });
    const change = accepted
      ? sql`accepted_at = ${now}`
      : sql`state = 'REJECTED', state_at = ${now}, reason = 'declined by the signer'`;
    const after = await tx.one<IssuerAgreementRow>(sql`
      update issuer_agreements set token_hash = null, ${change}
      where client_account_id = ${before.client_account_id} and id = ${before.id}
      returning ${raw(ISSUER_AGREEMENT_COLUMNS)}`);
    audit({
      clientAccountId: before.client_account_id,
      recordType: 'issuer_agreement',
      recordId: before.id,
      before: issuerAgreementJson(before),
      after: issuerAgreementJson(after),
    });
    return { accepted };
  },
});

async function rowOfLink(tx: Transaction, token: string, now: Date, { forUpdate = false } = {}) {
  const clientAccountId = clientAccountOfLink(token);
  if (clientAccountId === null) throw consumerInvoicingErrors.issuer_link_invalid();
  await tx.see([clientAccountId]);
  const row = await tx.maybe<IssuerAgreementRow>(sql`
    select ${raw(ISSUER_AGREEMENT_COLUMNS)} from issuer_agreements
    where client_account_id = ${clientAccountId} and token_hash = ${secretHash(token)} and state = 'PENDING'
    ${raw(forUpdate ? 'for update' : '')}`);
  if (!row || hasExpired(row, now)) throw consumerInvoicingErrors.issuer_link_invalid();
  return row;
}
