import { listOf, pageOf, pageQuery } from '../platform/http/paging.ts';
import { BODY_LIMITS, collectLatin1 } from '../platform/http/request-body.ts';
import { FileName, importRoute } from '../platform/jobs/import-start.ts';
import type { JobUpload } from '../platform/jobs/job-queue.ts';
import { type Route, route } from '../platform/http/route.ts';
import { Id, nullable, strict, Type } from '../platform/http/schema.ts';
import { AvtaleGiroAgreementShape } from './avtalegiro/avtalegiro-agreement.ts';
import { configureAvtaleGiro } from './avtalegiro/avtalegiro-configure.ts';
import { listAvtaleGiroAgreements } from './avtalegiro/avtalegiro-list.ts';
import { mandateImportAccess, startMandateImport } from './avtalegiro/files/mandate-import-job.ts';
import { importMandates, MandateImportShape } from './avtalegiro/files/mandate-import.ts';
import { CLAIM_STATES, ClaimShape } from './avtalegiro/claims/claim.ts';
import { createClaim } from './avtalegiro/claims/claim-create.ts';
import { getClaim, listClaims } from './avtalegiro/claims/claim-list.ts';
import { stopClaim } from './avtalegiro/claims/claim-stop.ts';
import { listMandates, MandateShape } from './avtalegiro/mandate-list.ts';
import { CONSUMER_STATES, ConsumerShape } from './consumers/consumer-agreement.ts';
import { getConsumer } from './consumers/consumer-get.ts';
import { listConsumers } from './consumers/consumer-list.ts';
import { endConsumer, requestConsumer } from './consumers/consumer-request.ts';
import { listVendorConsumers } from './consumers/consumer-vendor-list.ts';
import { IssuerAgreementShape } from './issuer/issuer-agreement.ts';
import { disableIssuerAgreement } from './issuer/issuer-disable.ts';
import { getIssuerAgreement } from './issuer/issuer-get.ts';
import { orderIssuerAgreement } from './issuer/issuer-order.ts';
import { getIssuerSettings, IssuerSettingsShape, saveIssuerSettings } from './issuer/issuer-settings.ts';
import { ApiKeyShape, KEY_KINDS } from './keys/api-key.ts';
import { createApiKey } from './keys/api-key-create.ts';
import { listApiKeys } from './keys/api-key-list.ts';
import { revokeApiKey } from './keys/api-key-revoke.ts';
import { consumerInvoicingErrors } from './errors.ts';

/** Some 100,000 mandates. */
const MOST_FILE_BYTES = BODY_LIMITS.large;
const MANDATE_FILE = ['text/plain', 'application/octet-stream'];
const tag = 'Consumer invoicing';
const client = strict({ client_account_id: Id });
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

const FilterQuery = {
  name: Type.Optional(Text(200)),
  phone: Type.Optional(Text(30)),
  email: Type.Optional(Text(254)),
  status: Type.Optional(Type.Enum([...CONSUMER_STATES])),
  reference_number: Type.Optional(Text(32)),
  customer_number: Type.Optional(Text(50)),
  changed_since: Type.Optional(Type.String({ format: 'date-time', description: 'Changed at or after' })),
};

interface FilterInput {
  name?: string;
  phone?: string;
  email?: string;
  status?: string;
  reference_number?: string;
  customer_number?: string;
  changed_since?: string;
}

function filterOf(query: FilterInput) {
  return {
    name: query.name ?? null,
    phone: query.phone ?? null,
    email: query.email ?? null,
    state: query.status ?? null,
    reference_nr: query.reference_number ?? null,
    customer_nr: query.customer_number ?? null,
    changed_since: query.changed_since === undefined ? null : new Date(query.changed_since),
  };
}

/** The SOAP operations in the form of the REST API. */
export const consumerInvoicingRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/consumer-invoicing/api-keys',
    tag,
    summary: 'Keys of the SOAP API: one’s own, and the vendor keys of companies that one administers',
    operation: listApiKeys,
    client: 'none',
    query: strict(pageQuery(50)),
    response: listOf(ApiKeyShape),
    input: ({ query }) => pageOf(query, 50),
  }),
  route({
    method: 'POST',
    path: '/consumer-invoicing/api-keys',
    tag,
    summary: 'Make a key; it is shown this once',
    operation: createApiKey,
    client: 'none',
    body: strict({
      kind: Type.Enum([...KEY_KINDS]),
      name: Type.Optional(Text(100)),
      client_account_id: Type.Optional(Id),
    }),
    status: 201,
    response: strict({ ...ApiKeyShape.properties, key: Type.String() }),
    input: ({ body }) => body,
  }),
  route({
    method: 'DELETE',
    path: '/consumer-invoicing/api-keys/{id}',
    tag,
    summary: 'Revoke a key',
    operation: revokeApiKey,
    client: 'none',
    params: strict({ id: Id }),
    response: ApiKeyShape,
    input: ({ params }) => params,
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/settings',
    tag,
    summary: 'Agreement capture of the company',
    operation: getIssuerSettings,
    client: 'query',
    query: client,
    response: IssuerSettingsShape,
    input: () => undefined,
  }),
  route({
    method: 'PUT',
    path: '/consumer-invoicing/settings',
    tag,
    summary: 'Set the agreement capture; it is looked at when the issuer agreement is ordered',
    operation: saveIssuerSettings,
    client: 'query',
    query: client,
    body: IssuerSettingsShape,
    response: IssuerSettingsShape,
    input: ({ body }) => body,
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/issuer-agreement',
    tag,
    summary: 'The company’s issuer agreement',
    operation: getIssuerAgreement,
    client: 'query',
    query: client,
    response: IssuerAgreementShape,
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/consumer-invoicing/issuer-agreement',
    tag,
    summary: 'Order the issuer agreement: the signer gets a link by e-mail',
    operation: orderIssuerAgreement,
    client: 'query',
    query: client,
    body: strict({ signer_name: Type.String({ maxLength: 200 }), signer_email: Type.String({ maxLength: 254 }) }),
    status: 202,
    response: IssuerAgreementShape,
    input: ({ body, language, request }) => ({ ...body, language, origin: `${request.protocol}://${request.host}` }),
  }),
  route({
    method: 'DELETE',
    path: '/consumer-invoicing/issuer-agreement',
    tag,
    summary: 'End the confirmed issuer agreement',
    operation: disableIssuerAgreement,
    client: 'query',
    query: client,
    response: IssuerAgreementShape,
    input: () => ({}),
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/consumers',
    tag,
    summary: 'Consumers of the company, in the order of their changes',
    operation: listConsumers,
    client: 'query',
    query: strict({ ...client.properties, id: Type.Optional(Id), ...FilterQuery, ...pageQuery(20, 1_000) }),
    response: listOf(ConsumerShape),
    input: ({ query }) => ({ filter: { ...filterOf(query), id: query.id ?? null }, page: pageOf(query, 20) }),
  }),
  route({
    method: 'POST',
    path: '/consumer-invoicing/consumers',
    tag,
    summary: 'Make a consumer known, or ask one again that was lost',
    operation: requestConsumer,
    client: 'query',
    query: client,
    body: strict({
      reference_number: Text(32),
      customer_number: Type.Optional(nullable(Text(50))),
      name: Type.Optional(nullable(Text(200))),
      phone: Type.Optional(nullable(Type.String({ pattern: '^\\+?[0-9]{6,16}$' }))),
      email: Type.Optional(nullable(Text(254))),
      postal_code: Type.Optional(nullable(Type.String({ pattern: '^[0-9]{4}$' }))),
      city: Type.Optional(nullable(Text(100))),
    }),
    status: 201,
    response: ConsumerShape,
    input: ({ body }) => body,
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/consumers/{reference_number}',
    tag,
    summary: 'One consumer of the company, by its reference',
    operation: getConsumer,
    client: 'query',
    params: strict({ reference_number: Text(32) }),
    query: client,
    response: ConsumerShape,
    input: ({ params }) => ({ referenceNr: params.reference_number }),
  }),
  route({
    method: 'DELETE',
    path: '/consumer-invoicing/consumers/{reference_number}',
    tag,
    summary: 'Invoice the consumer this way no longer',
    operation: endConsumer,
    client: 'query',
    params: strict({ reference_number: Text(32) }),
    query: client,
    response: ConsumerShape,
    input: ({ params }) => ({ referenceNr: params.reference_number }),
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/vendor-keys/{key_id}/consumers',
    tag,
    summary: 'Consumers of every company that the company’s software serves',
    operation: listVendorConsumers,
    client: 'query',
    params: strict({ key_id: Id }),
    query: strict({ ...client.properties, ...FilterQuery }),
    response: Type.Array(strict({ company_uuid: Type.String(), consumers: Type.Array(ConsumerShape) })),
    input: ({ params, query }) => ({ keyId: params.key_id, filter: filterOf(query) }),
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/avtalegiro/agreements',
    tag,
    summary: 'AvtaleGiro agreements as they were told',
    operation: listAvtaleGiroAgreements,
    client: 'query',
    query: client,
    response: strict({ data: Type.Array(AvtaleGiroAgreementShape) }),
    input: () => undefined,
  }),
  route({
    method: 'PUT',
    path: '/consumer-invoicing/avtalegiro/agreements/{account_number}',
    tag,
    summary: 'Tell how the AvtaleGiro agreement of an account looks',
    operation: configureAvtaleGiro,
    client: 'query',
    params: strict({ account_number: Text(20) }),
    query: client,
    body: strict({
      kid_length: Type.Integer({ minimum: 0, maximum: 99 }),
      reference_position: Text(10),
      payment_type_position: Type.Optional(nullable(Text(10))),
      notification_by_print: Type.Optional(Type.Boolean()),
      notification_by_email: Type.Optional(Type.Boolean()),
    }),
    response: AvtaleGiroAgreementShape,
    input: ({ params, body }) => ({
      account_number: params.account_number,
      kid_length: String(body.kid_length),
      reference_position: body.reference_position,
      payment_type_position: body.payment_type_position ?? null,
      notices: { byPrint: body.notification_by_print ?? true, byEmail: body.notification_by_email ?? true },
    }),
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/avtalegiro/mandates',
    tag,
    summary: 'AvtaleGiro mandates, each in its latest state, in the order of their changes',
    operation: listMandates,
    client: 'query',
    query: strict({
      ...client.properties,
      changed_since: FilterQuery.changed_since,
      status: Type.Optional(Type.Enum(['ACTIVE', 'INACTIVE'])),
      ...pageQuery(100, 1_000),
    }),
    response: listOf(MandateShape),
    input: ({ query }) => ({
      filter: {
        changedSince: query.changed_since === undefined ? null : new Date(query.changed_since),
        status: query.status ?? null,
      },
      page: pageOf(query, 100),
    }),
  }),
  route({
    method: 'POST',
    path: '/consumer-invoicing/avtalegiro/mandate-files',
    tag,
    summary: 'Take in a file of AvtaleGiro mandates from the operator',
    operation: importMandates,
    client: 'query',
    query: client,
    consumes: MANDATE_FILE,
    bodyLimit: MOST_FILE_BYTES,
    readBody: (request) => collectLatin1(request, MOST_FILE_BYTES),
    response: MandateImportShape,
    input: ({ request }) => ({ content: request.body as string }),
  }),
  route({
    ...importRoute({
      access: mandateImportAccess,
      consumes: MANDATE_FILE,
      fileName: 'fullmakter.txt',
      errors: { no_jobs: consumerInvoicingErrors.no_jobs, empty: consumerInvoicingErrors.file_empty },
    }),
    path: '/consumer-invoicing/avtalegiro/mandate-imports',
    tag,
    summary: 'Take in a large file of AvtaleGiro mandates as a job; what it did is the job’s result',
    operation: startMandateImport,
    query: strict({ ...client.properties, file_name: FileName }),
    input: ({ request }) => ({ file: request.body as JobUpload }),
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/avtalegiro/claims',
    tag,
    summary: 'AvtaleGiro claims, the latest change first',
    operation: listClaims,
    client: 'query',
    query: strict({
      ...client.properties,
      status: Type.Optional(Type.Enum([...CLAIM_STATES])),
      document_id: Type.Optional(Id),
      ...pageQuery(50, 1_000),
    }),
    response: listOf(ClaimShape),
    input: ({ query }) => ({
      filter: { state: query.status ?? null, documentId: query.document_id ?? null },
      page: pageOf(query, 50),
    }),
  }),
  route({
    method: 'POST',
    path: '/consumer-invoicing/avtalegiro/claims',
    tag,
    summary:
      'Claim what is left of a posted invoice whose payer has a mandate; a scheduled file takes it to the operator',
    operation: createClaim,
    client: 'query',
    query: client,
    body: strict({
      document_id: Id,
      notice: Type.Optional(
        Type.Enum(['bank', 'payee'], {
          description: 'Who tells the payer; by default the bank where the payer wants to know',
        }),
      ),
    }),
    status: 201,
    response: ClaimShape,
    input: ({ body }) => ({ documentId: body.document_id, notice: body.notice ?? null }),
  }),
  route({
    method: 'GET',
    path: '/consumer-invoicing/avtalegiro/claims/{id}',
    tag,
    summary: 'One AvtaleGiro claim',
    operation: getClaim,
    client: 'query',
    params: strict({ id: Id }),
    query: client,
    response: ClaimShape,
    input: ({ params }) => params,
  }),
  route({
    method: 'POST',
    path: '/consumer-invoicing/avtalegiro/claims/{id}/stop',
    tag,
    summary:
      'Stop a claim: at once where it waits, by a cancellation in the next file until 14:00 of the last bank day before its due date',
    operation: stopClaim,
    client: 'query',
    params: strict({ id: Id }),
    query: client,
    response: ClaimShape,
    input: ({ params }) => params,
  }),
];
