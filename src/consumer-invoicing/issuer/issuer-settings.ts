import sql from 'sql-template-tag';
import { isNorwegianAccountNumber } from '../../kernel/bank-account-number.ts';
import { ADMINS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { nullable, strict, Type } from '../../platform/http/schema.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { consumerInvoicingErrors } from '../errors.ts';
import { readKidLength, readKidPosition } from '../kid-positions.ts';

const text = nullable(Type.String({ maxLength: 40 }));

/** Agreement capture: payers with a KID of this account are invited to eFaktura. All fields are set, or none. */
export const IssuerSettingsShape = strict({
  ocr_account_number: text,
  ocr_kid_length: text,
  ocr_reference_position: text,
});

export interface IssuerSettings {
  ocr_account_number: string | null;
  ocr_kid_length: string | null;
  ocr_reference_position: string | null;
}

const NONE: IssuerSettings = { ocr_account_number: null, ocr_kid_length: null, ocr_reference_position: null };

export async function readIssuerSettings(tx: Transaction, clientAccountId: number): Promise<IssuerSettings> {
  const found = await tx.maybe<IssuerSettings>(sql`
    select ocr_account_number, ocr_kid_length, ocr_reference_position from issuer_settings
    where client_account_id = ${clientAccountId}`);
  return found ?? NONE;
}

export const getIssuerSettings = readOperation({
  name: 'consumer_invoicing.settings.get',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  run: ({ tx, clientAccountId }) => readIssuerSettings(tx, clientAccountId),
});

/** Kept as written, as in the protocol: they are checked when the agreement is ordered. */
export const saveIssuerSettings = writeOperation({
  name: 'consumer_invoicing.settings.save',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, now, audit }, input: IssuerSettings) {
    const before = await readIssuerSettings(tx, clientAccountId);
    const { ocr_account_number: account, ocr_kid_length: length, ocr_reference_position: position } = input;
    await tx.execute(sql`
      insert into issuer_settings (client_account_id, ocr_account_number, ocr_kid_length, ocr_reference_position, updated_at)
      values (${clientAccountId}, ${account}, ${length}, ${position}, ${now})
      on conflict (client_account_id) do update set ocr_account_number = ${account}, ocr_kid_length = ${length},
        ocr_reference_position = ${position}, updated_at = ${now}`);
    const after = await readIssuerSettings(tx, clientAccountId);
    audit({ recordType: 'issuer_settings', before, after });
    return after;
  },
});

/** Checked if any of them is set. Throws consumer_invoicing.ocr_…_invalid, for the first invalid one. */
export function requireIssuerSettings(settings: IssuerSettings): void {
  if (Object.values(settings).every((value) => value === null || value === '')) return;
  if (!/^\d{11}$/.test(settings.ocr_account_number ?? '') || !isNorwegianAccountNumber(settings.ocr_account_number!))
    throw consumerInvoicingErrors.ocr_account_number_invalid();
  const length = readKidLength(settings.ocr_kid_length);
  if (length === null) throw consumerInvoicingErrors.ocr_kid_length_invalid();
  if (readKidPosition(settings.ocr_reference_position, length) === null)
    throw consumerInvoicingErrors.ocr_reference_position_invalid();
}
