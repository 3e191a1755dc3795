import { problem } from '../../platform/errors.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { contentDisposition } from '../../platform/http/content-disposition.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { getAgreementForm } from './agreement-form/agreement-form-get.ts';
import { AritmaStatus, getAritmaStatus } from './aritma-status-get.ts';
import { BankView, listBanks } from './bank-list.ts';
import { changeBankStatus } from './bank-status-change.ts';
import { getBankStatus } from './bank-status-get.ts';
import { BankStatus } from './bank-status.ts';
import { IntegrationConfigShape, readConfig } from './integration-config.ts';
import { OnboardingInformation } from './onboarding.ts';

const Bic = Type.String({
  pattern: '^[A-Za-z]{6}[A-Za-z0-9]{2}([A-Za-z0-9]{3})?$',
  description: 'BIC of 8 or 11 characters, such as `SPAVNOBB`',
});
const tag = 'Integrations';

export const bankRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/integrations/banks',
    tag,
    summary: 'Banks that can be connected; with client_account_id those that it uses, and how each integration stands',
    operation: listBanks,
    client: 'query',
    query: strict({ client_account_id: Type.Optional(Id) }),
    response: Type.Array(BankView),
    input: ({ query }) => ({ clientAccountId: query.client_account_id ?? null }),
  }),
  route({
    method: 'GET',
    path: '/integrations/banks/{bic}/status',
    tag,
    summary: 'How the integration with a bank stands, and what remains',
    operation: getBankStatus,
    client: 'query',
    params: strict({ bic: Bic }),
    query: strict({ client_account_id: Id }),
    response: strict({ ...BankStatus.properties, onboarding_information: OnboardingInformation }),
    input: ({ params, language }) => ({ bic: params.bic, language }),
  }),
  route({
    method: 'PATCH',
    path: '/integrations/banks/{bic}/status',
    tag,
    summary: 'Enable or disable the integration with a bank; adds or removes the add-on BANK_INTEGRATION',
    operation: changeBankStatus,
    client: 'query',
    params: strict({ bic: Bic }),
    query: strict({ client_account_id: Id }),
    body: strict({ is_active: Type.Boolean(), integration_config: Type.Optional(IntegrationConfigShape) }),
    response: BankStatus,
    input: ({ params, body }) => ({
      bic: params.bic,
      isActive: body.is_active,
      config: body.integration_config && readConfig(body.integration_config),
    }),
  }),
  route({
    method: 'GET',
    path: '/integrations/banks/{bic}/pdf-forms/{form_type}',
    tag,
    summary:
      'The agreement with a bank as a form, filled with what is known, in Norwegian or English (Accept-Language)',
    operation: getAgreementForm,
    client: 'query',
    params: strict({ bic: Bic, form_type: Type.Enum(['integration-agreement']) }),
    query: strict({ client_account_id: Id }),
    produces: ['application/pdf'],
    input: ({ params, language, left }) => ({ bic: params.bic, language, left }),
    send: ({ bytes, fileName, contentType }, reply) =>
      reply.type(contentType).header('content-disposition', contentDisposition('attachment', fileName)).send(bytes),
  }),
  route({
    method: 'GET',
    path: '/integrations/aritma/status',
    tag,
    summary: 'How the integrations that ZData (Aritma) carries stand, of a client account or of one bank account',
    operation: getAritmaStatus,
    client: 'query',
    queryRecord: 'bank_account_id',
    recordIn: 'bank_accounts',
    query: strict({
      client_account_id: Type.Optional(Id),
      bank_account_id: Type.Optional({ ...Id, description: 'Decides the client account where both are given' }),
    }),
    response: AritmaStatus,
    faults: ({ client_account_id: clientAccountId, bank_account_id: bankAccountId }) =>
      clientAccountId === undefined && bankAccountId === undefined
        ? [
            problem(
              'client_account_id',
              'or bank_account_id is required: give one of them',
              'eller bank_account_id må oppgis: gi minst én av dem',
            ),
          ]
        : [],
    input: ({ query, language }) => ({ bankAccountId: query.bank_account_id ?? null, language }),
  }),
];
