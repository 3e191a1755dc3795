import { AppError } from '../../platform/errors.ts';
import type { SoapOperation } from './soap-types.ts';

/** Refusals that any operation can give, by our error code. Spelling and case are those of the protocol. */
const COMMON: Readonly<Record<string, string>> = {
  'consumer_invoicing.user_key_unknown': 'ERROR: USER NOT FOUND',
  'consumer_invoicing.user_inactive': 'ERROR: USER NOT ACTIVATED',
  'consumer_invoicing.vendor_key_unknown': 'ERROR: VENDOR API KEY DISABLED',
  'consumer_invoicing.company_unknown': 'ERROR: COMPANY NOT FOUND',
  'consumer_invoicing.company_not_given': 'ERROR: USER BELONGS TO MULTIPLE COMPANIES, NO COMPANY ID GIVEN',
  'consumer_invoicing.company_not_theirs': 'ERROR: USER HAS NO RIGHTS TO COMPANY',
  'consumer_invoicing.company_locked': 'ERROR: COMPANY ACCOUNT IS LOCKED',
};

const NO_RIGHTS = { 'request.role_missing': 'ERROR: NO RIGHTS' };
/** Any failure of the operator makes the order fail at its check. */
const NETWORK = 'ERROR: Bid check towards Nets failed';

const OWN: Readonly<Record<SoapOperation, Readonly<Record<string, string>>>> = {
  b2c_issuer_agreement_order: {
    ...NO_RIGHTS,
    'consumer_invoicing.signer_invalid': 'ERROR: signer_name or signer_email missing or invalid',
    'consumer_invoicing.ocr_account_number_invalid': 'ERROR: ocr_account_number is invalid',
    'consumer_invoicing.ocr_kid_length_invalid': 'ERROR: ocr_kid_length is invalid',
    'consumer_invoicing.ocr_reference_position_invalid': 'ERROR: ocr_reference_position syntax is invalid',
    'consumer_invoicing.issuer_check_failed': NETWORK,
    'outbound.not_configured': NETWORK,
    'outbound.contract_broken': NETWORK,
    'outbound.credentials_refused': NETWORK,
    'outbound.unavailable': NETWORK,
    'outbound.too_slow': NETWORK,
  },
  disable_b2c_issuer_agreement: {
    ...NO_RIGHTS,
    'consumer_invoicing.issuer_not_ordered': 'ERROR: Company agreement not found',
  },
  consumer_agreement_status: { 'consumer_invoicing.consumer_unknown': 'ERROR: CONSUMER NOT FOUND' },
  consumer_agreements_query: {},
  vendor_consumer_agreements_query: {
    'consumer_invoicing.vendor_key_not_owned': 'ERROR: No rights to vendor API key',
  },
  atg_mandate_list: { 'request.role_missing': 'ERROR: No rights to settings' },
  atg_agreement_configure: {
    'consumer_invoicing.account_number_invalid': 'ERROR: Invalid account_number',
    'consumer_invoicing.kid_length_invalid': 'ERROR: Invalid kid_length',
    'consumer_invoicing.reference_position_invalid': 'ERROR: Invalid reference_position',
    'consumer_invoicing.payment_type_position_invalid': 'ERROR: Invalid payment_type_position',
    'consumer_invoicing.notices_invalid': 'ERROR: OPTIONS PARAMETER FORMAT IS INVALID',
  },
};

/** A refusal that exists only in the protocol, such as the form of a timestamp. */
export class StatusRefusal extends Error {
  override name = 'StatusRefusal';
}

/** The status text of a refusal or failure; null if the operation lists none and it is "unexpected". */
export function statusText(operation: SoapOperation, error: unknown): string | null {
  if (error instanceof StatusRefusal) return error.message;
  if (!(error instanceof AppError)) return null;
  const { state } = error.facts;
  if (error.code === 'consumer_invoicing.issuer_not_confirmed' && typeof state === 'string')
    return `ERROR: Cannot disable agreement. Issuer state is ${state}`;
  return OWN[operation][error.code] ?? COMMON[error.code] ?? null;
}

export function unexpectedText(operation: SoapOperation): string {
  return operation === 'atg_agreement_configure' ? 'ERROR: UNKNOWN ERROR' : 'ERROR: Unexpected error';
}
