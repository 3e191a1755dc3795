import sql, { raw } from 'sql-template-tag';
import { isNorwegianAccountNumber } from '../../kernel/bank-account-number.ts';
import { ADMINS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { linkVendor } from '../keys/vendor-link.ts';
import { overlap, readKidLength, readKidPosition } from '../kid-positions.ts';
import { PAYER } from './payer.ts';
import {
  AVTALEGIRO_AGREEMENT_COLUMNS,
  avtaleGiroAgreementJson,
  type AvtaleGiroAgreementRow,
} from './avtalegiro-agreement.ts';

/** Kept as written: both surfaces refuse with the same rules in the same order. */
export interface AvtaleGiroConfiguration {
  account_number: string | null;
  kid_length: string | null;
  reference_position: string | null;
  /** Many agreements have none. */
  payment_type_position: string | null;
  /** Notice of a claim by print and e-mail if the consumer has no eFaktura; null: not readable. */
  notices: { byPrint: boolean; byEmail: boolean } | null;
  vendorKeyId?: number | null;
}

/**
 * Records the agreement with the bank for one account; a repeated call replaces it.
 *
 * @throws consumer_invoicing.account_number_invalid, kid_length_invalid, reference_position_invalid,
 * payment_type_position_invalid, notices_invalid, in this order.
 */
export const configureAvtaleGiro = writeOperation({
  name: 'consumer_invoicing.avtalegiro.configure',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, now, audit }, input: AvtaleGiroConfiguration) {
    const { account, length, reference, paymentType, notices } = checked(input);
    const before = await tx.maybe<AvtaleGiroAgreementRow>(sql`
      select ${raw(AVTALEGIRO_AGREEMENT_COLUMNS)} from avtalegiro_agreements
      where client_account_id = ${clientAccountId} and account_number = ${account} for update`);
    const after = await tx.one<AvtaleGiroAgreementRow>(sql`
      insert into avtalegiro_agreements (client_account_id, account_number, kid_length, reference_from, reference_to,
        payment_type_from, payment_type_to, notif_print, notif_email, created_at, updated_at)
      values (${clientAccountId}, ${account}, ${length}, ${reference.from}, ${reference.to}, ${paymentType?.from ?? null},
        ${paymentType?.to ?? null}, ${notices.byPrint}, ${notices.byEmail}, ${now}, ${now})
      on conflict (client_account_id, account_number) do update set kid_length = excluded.kid_length,
        reference_from = excluded.reference_from, reference_to = excluded.reference_to,
        payment_type_from = excluded.payment_type_from, payment_type_to = excluded.payment_type_to,
        notif_print = excluded.notif_print, notif_email = excluded.notif_email, updated_at = excluded.updated_at
      returning ${raw(AVTALEGIRO_AGREEMENT_COLUMNS)}`);
    // The payers of existing mandates are determined again by the new positions.
    await tx.execute(sql`
      update avtalegiro_mandates m set payer = ${PAYER} from avtalegiro_agreements a
      where a.client_account_id = ${clientAccountId} and a.account_number = ${account}
        and m.client_account_id = ${clientAccountId} and m.account_number = ${account} and m.payer is distinct from ${PAYER}`);
    await linkVendor(tx, { vendorKeyId: input.vendorKeyId ?? null, clientAccountId, now });
    const shown = avtaleGiroAgreementJson(after);
    audit({
      recordType: 'avtalegiro_agreement',
      before: before ? avtaleGiroAgreementJson(before) : null,
      after: shown,
    });
    return shown;
  },
});

function checked(input: AvtaleGiroConfiguration) {
  const account = input.account_number ?? '';
  if (!isNorwegianAccountNumber(account)) throw consumerInvoicingErrors.account_number_invalid();
  const length = readKidLength(input.kid_length);
  if (length === null) throw consumerInvoicingErrors.kid_length_invalid();
  const reference = readKidPosition(input.reference_position, length);
  if (reference === null) throw consumerInvoicingErrors.reference_position_invalid();
  const paymentType =
    input.payment_type_position === null ? null : readKidPosition(input.payment_type_position, length);
  if (input.payment_type_position !== null && (paymentType === null || overlap(paymentType, reference)))
    throw consumerInvoicingErrors.payment_type_position_invalid();
  if (input.notices === null) throw consumerInvoicingErrors.notices_invalid();
  return { account, length, reference, paymentType, notices: input.notices };
}
