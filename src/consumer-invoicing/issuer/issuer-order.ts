import sql, { raw } from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { ADMINS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { queueMail } from '../../platform/mail.ts';
import { outsideOperation } from '../../platform/outside-operation.ts';
import { isEmail, secretHash } from '../../tenancy/index.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { linkVendor } from '../keys/vendor-link.ts';
import { networkOf } from '../network.ts';
import {
  hasExpired,
  ISSUER_AGREEMENT_COLUMNS,
  issuerAgreementJson,
  type IssuerAgreementRow,
  latestAgreement,
  LINK_DAYS,
} from './issuer-agreement.ts';
import { issuerLinkToken } from './issuer-link.ts';
import { issuerMail } from './issuer-mail.ts';
import { readIssuerSettings, requireIssuerSettings } from './issuer-settings.ts';

export interface IssuerOrder {
  signer_name: string;
  signer_email: string;
  language: Language;
  /** The address of the request, for the link in the mail unless the site's address is configured. */
  origin: string;
  /** The software that places the order; it sees the company's consumers from then on. */
  vendorKeyId?: number | null;
}

interface Company {
  name: string;
  organizationNumber: string;
}

/**
 * Orders the company's issuer agreement: the operator is asked whether it is available, then the signer gets a link. While
 * an order waits for its signer, another order replaces the link.
 */
export const orderIssuerAgreement = outsideOperation({
  name: 'consumer_invoicing.issuer.order',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async read({ tx, clientAccountId, platform }, input: IssuerOrder): Promise<Company> {
    const name = input.signer_name.trim();
    if (name === '' || name.length > 200 || !isEmail(input.signer_email))
      throw consumerInvoicingErrors.signer_invalid();
    requireIssuerSettings(await readIssuerSettings(tx, clientAccountId));
    requireNoneInForce(await latestAgreement(tx, clientAccountId, platform.clock.now()));
    return company(tx, clientAccountId);
  },
  async ask({ platform }, _input, { organizationNumber }) {
    const state = await networkOf(platform).issuerState(organizationNumber);
    if (state === 'RESERVED' || state === 'FAULT') throw consumerInvoicingErrors.issuer_check_failed();
  },
  async write({ tx, clientAccountId, caller, platform, now, audit }, input, { name, organizationNumber }) {
    await tx.execute(sql`select 1 from client_accounts where id = ${clientAccountId} for update`);
    const before = await latestAgreement(tx, clientAccountId, now, { forUpdate: true });
    requireNoneInForce(before);
    const token = issuerLinkToken(clientAccountId);
    const order = {
      signer_name: input.signer_name.trim(),
      signer_email: input.signer_email,
      token_hash: secretHash(token),
      expires_at: new Date(now.getTime() + LINK_DAYS * 86_400_000),
    };
    const after = await writeOrder(tx, { clientAccountId, userId: caller.userId, now, before, order });
    await linkVendor(tx, { vendorKeyId: input.vendorKeyId ?? null, clientAccountId, now });
    await queueMail(
      tx,
      await issuerMail({
        recipient: order.signer_email,
        signer: order.signer_name,
        company: name,
        organizationNumber,
        link: `${platform.publicUrl ?? input.origin}/consumer-invoicing/agreement/${token}`,
        language: input.language,
      }),
    );
    const shown = issuerAgreementJson(after);
    audit({
      recordType: 'issuer_agreement',
      recordId: after.id,
      before: before ? issuerAgreementJson(before) : null,
      after: shown,
    });
    return shown;
  },
});

/** An agreement that is in force or being confirmed is not ordered again. */
function requireNoneInForce(agreement: IssuerAgreementRow | undefined): void {
  if (agreement?.state === 'CONFIRMED' || (agreement?.state === 'PENDING' && agreement.accepted_at))
    throw consumerInvoicingErrors.issuer_already_confirmed();
}

async function company(tx: Transaction, clientAccountId: number): Promise<Company> {
  const found = await tx.one<{ display_name: string; organization_number: string | null }>(sql`
    select display_name, organization_number from client_accounts where id = ${clientAccountId}`);
  // Only a Norwegian company can have the agreement, which its organisation number shows.
  if (!found.organization_number) throw consumerInvoicingErrors.issuer_check_failed();
  return { name: found.display_name, organizationNumber: found.organization_number };
}

interface OrderWrite {
  clientAccountId: number;
  userId: number;
  now: Date;
  before: IssuerAgreementRow | undefined;
  order: { signer_name: string; signer_email: string; token_hash: Buffer; expires_at: Date };
}

async function writeOrder(tx: Transaction, { clientAccountId, userId, now, before, order }: OrderWrite) {
  const { signer_name: name, signer_email: email, token_hash: hash, expires_at: expires } = order;
  if (before?.state === 'PENDING')
    return tx.one<IssuerAgreementRow>(sql`
      update issuer_agreements set signer_name = ${name}, signer_email = ${email}, token_hash = ${hash}, expires_at = ${expires},
        ordered_at = ${now}, ordered_by_id = ${userId}
      where client_account_id = ${clientAccountId} and id = ${before.id} returning ${raw(ISSUER_AGREEMENT_COLUMNS)}`);
  // An order with an expired link is still open in the table.
  await expireAgreements(tx, clientAccountId, now);
  const id = await takeIds(tx, clientAccountId);
  return tx.one<IssuerAgreementRow>(sql`
    insert into issuer_agreements (client_account_id, id, state, signer_name, signer_email, token_hash, expires_at, ordered_at,
      ordered_by_id, state_at)
    values (${clientAccountId}, ${id}, 'PENDING', ${name}, ${email}, ${hash}, ${expires}, ${now}, ${userId}, ${now})
    returning ${raw(ISSUER_AGREEMENT_COLUMNS)}`);
}

/** Records the expiry of unused links. */
export async function expireAgreements(
  tx: Transaction,
  clientAccountId: number,
  now: Date,
): Promise<IssuerAgreementRow[]> {
  const open = await tx.rows<IssuerAgreementRow>(sql`
    select ${raw(ISSUER_AGREEMENT_COLUMNS)} from issuer_agreements
    where client_account_id = ${clientAccountId} and state = 'PENDING' for update`);
  const expired = open.filter((row) => hasExpired(row, now));
  for (const { id, expires_at: at } of expired)
    await tx.execute(sql`
      update issuer_agreements set state = 'EXPIRED', state_at = ${at}, token_hash = null
      where client_account_id = ${clientAccountId} and id = ${id}`);
  return expired;
}
