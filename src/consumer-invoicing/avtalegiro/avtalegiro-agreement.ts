import { isoSeconds } from '../../kernel/clock.ts';
import { nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { positionText } from '../kid-positions.ts';

export const AvtaleGiroAgreementShape = strict({
  account_number: Type.String(),
  kid_length: Type.Integer(),
  reference_position: Type.String(),
  payment_type_position: nullable(Type.String()),
  notification_by_print: Type.Boolean(),
  notification_by_email: Type.Boolean(),
  created_at: TimeText,
  updated_at: TimeText,
});

export interface AvtaleGiroAgreementRow {
  account_number: string;
  kid_length: number;
  reference_from: number;
  reference_to: number;
  payment_type_from: number | null;
  payment_type_to: number | null;
  notif_print: boolean;
  notif_email: boolean;
  created_at: Date;
  updated_at: Date;
}

export const AVTALEGIRO_AGREEMENT_COLUMNS =
  'account_number, kid_length, reference_from, reference_to, payment_type_from, payment_type_to, notif_print, notif_email, created_at, updated_at';

export function avtaleGiroAgreementJson(row: AvtaleGiroAgreementRow) {
  return {
    account_number: row.account_number,
    kid_length: row.kid_length,
    reference_position: positionText({ from: row.reference_from, to: row.reference_to }),
    payment_type_position:
      row.payment_type_from === null ? null : positionText({ from: row.payment_type_from, to: row.payment_type_to! }),
    notification_by_print: row.notif_print,
    notification_by_email: row.notif_email,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}
