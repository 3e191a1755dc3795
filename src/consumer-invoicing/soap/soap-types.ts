/** The types of the WSDL. A struct's members are strings unless a type is given. */
export type SoapType = 'string' | 'int' | 'boolean' | { struct: string } | { array: string };

/** The structs of the seven operations, with members in the order of serialisation. */
export const STRUCTS: Readonly<Record<string, Readonly<Record<string, SoapType>>>> = {
  ApiKeys: { company_uuid: 'string', user_api_key: 'string', vendor_api_key: 'string' },
  ConsumerAgreementQuery: {
    name: 'string',
    phone: 'string',
    email: 'string',
    state: 'string',
    reference_nr: 'string',
    customer_nr: 'string',
    timestamp: 'string',
  },
  ConsumerInfoOut: {
    state: 'string',
    name: 'string',
    phone: 'string',
    email: 'string',
    reference_nr: 'string',
    customer_nr: 'string',
  },
  ConsumerAgreementQueryResponse: { status: 'string', agreements: { array: 'ConsumerInfoOut' } },
  VendorConsumerAgreementQueryResult: { company_id: 'string', agreements: { array: 'ConsumerInfoOut' } },
  VendorConsumerAgreementQueryResponse: {
    status: 'string',
    results: { array: 'VendorConsumerAgreementQueryResult' },
  },
  AtgMandateParam: {
    kid: 'string',
    account_number: 'string',
    notification: 'boolean',
    status: 'int',
    updated_timestamp: 'string',
  },
  AtgMandateListResponse: { status: 'string', atg_mandates: { array: 'AtgMandateParam' } },
};

/** Parameters of an operation in the order of its parts, and its result. `api_keys` comes first in each. */
export interface Signature {
  arguments: Readonly<Record<string, SoapType>>;
  result: SoapType;
}

const API_KEYS = { struct: 'ApiKeys' } as const;

export const SIGNATURES = {
  b2c_issuer_agreement_order: {
    arguments: { api_keys: API_KEYS, signer_name: 'string', signer_email: 'string' },
    result: 'string',
  },
  disable_b2c_issuer_agreement: { arguments: { api_keys: API_KEYS }, result: 'string' },
  consumer_agreement_status: { arguments: { api_keys: API_KEYS, reference_nr: 'string' }, result: 'string' },
  consumer_agreements_query: {
    arguments: { api_keys: API_KEYS, query: { struct: 'ConsumerAgreementQuery' } },
    result: { struct: 'ConsumerAgreementQueryResponse' },
  },
  vendor_consumer_agreements_query: {
    arguments: { api_keys: API_KEYS, query: { struct: 'ConsumerAgreementQuery' } },
    result: { struct: 'VendorConsumerAgreementQueryResponse' },
  },
  atg_mandate_list: {
    arguments: { api_keys: API_KEYS, timestamp: 'string' },
    result: { struct: 'AtgMandateListResponse' },
  },
  atg_agreement_configure: {
    arguments: {
      api_keys: API_KEYS,
      account_number: 'string',
      kid_length: 'int',
      reference_position: 'string',
      payment_type_position: 'string',
      options: 'string',
    },
    result: 'string',
  },
} as const satisfies Record<string, Signature>;

export type SoapOperation = keyof typeof SIGNATURES;

export const SOAP_OPERATIONS = Object.keys(SIGNATURES) as SoapOperation[];
