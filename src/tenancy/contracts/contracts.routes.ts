import { invalid, problem } from '../../platform/errors.ts';
import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { DateText, Id, nullable, requireDates, strict, Type } from '../../platform/http/schema.ts';
import { ClientAccountShape, PROVIDER_TYPES } from '../client-accounts/client-account.ts';
import { ClientAccountBody } from '../client-accounts/client-accounts.routes.ts';
import { createEngagement } from './client-engagement-create.ts';
import { APPROVAL, ContractShape } from './contract.ts';
import { changeContract } from './contract-change.ts';
import { listContracts } from './contract-list.ts';
import { requestContract } from './contract-request.ts';
import { InvitationShape } from '../invitations/invitation.ts';
import { requestOrigin } from '../sign-in/origin.ts';

const terms = {
  service_provided: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 200 }))),
  start_date: Type.Optional(nullable(DateText)),
  end_date: Type.Optional(nullable(DateText)),
};

export const contractRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/contracts',
    tag: 'Contracts',
    summary: 'Contracts between client accounts and the firms that serve them',
    operation: listContracts,
    client: 'none',
    query: strict({
      ...pageQuery(100),
      ...WithQuery,
      client_account_id: Type.Optional(
        Type.String({ maxLength: 2000, description: 'Ids separated by comma, semicolon or space' }),
      ),
      provider_client_account_id: Type.Optional(Id),
      approval_status: Type.Optional(Type.Enum([...APPROVAL])),
    }),
    response: listOf(ContractShape),
    input: ({ query }) => ({
      clientAccountIds: query.client_account_id === undefined ? null : idList(query.client_account_id),
      providerId: query.provider_client_account_id ?? null,
      approvalStatus: query.approval_status ?? null,
      with: relations(query.with, ['client_account', 'provider_client_account']),
      page: pageOf(query, 100),
    }),
  }),
  route({
    method: 'POST',
    path: '/contracts',
    tag: 'Contracts',
    summary: 'Ask for a contract; the other party approves it',
    operation: requestContract,
    client: 'none',
    body: strict({
      client_account_id: Id,
      provider_client_account_id: Id,
      provider_type: Type.Optional(Type.Enum([...PROVIDER_TYPES])),
      ...terms,
    }),
    status: 201,
    response: ContractShape,
    input: ({ body }) => {
      realDates(body);
      return body;
    },
  }),
  route({
    method: 'PATCH',
    path: '/contracts/{id}',
    tag: 'Contracts',
    summary: 'Approve, reject, end or edit a contract',
    operation: changeContract,
    client: 'none',
    params: Type.Object({ id: Id }),
    body: strict({
      approval_status: Type.Optional(Type.Enum([...APPROVAL])),
      version: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 2_147_483_647,
          description: 'The version of the terms that the caller has seen; approval without it is of version 1',
        }),
      ),
      ...terms,
    }),
    response: ContractShape,
    input: ({ params: { id }, body }) => {
      realDates(body);
      return { id, changes: body };
    },
  }),
  route({
    method: 'POST',
    path: '/client-engagements',
    tag: 'Contracts',
    summary: 'Take on a client: client account, approved contract and the invitation of its owner, all or nothing',
    operation: createEngagement,
    client: 'none',
    body: strict({
      client_account: ClientAccountBody,
      provider_client_account_id: Id,
      contract: Type.Optional(strict(terms)),
      owner_invitation: Type.Optional(strict({ email: Type.String({ maxLength: 254 }) })),
    }),
    status: 201,
    response: strict({
      client_account: ClientAccountShape,
      contract: ContractShape,
      owner_invitation: nullable(InvitationShape),
    }),
    input: ({ body, language, request }) => {
      realDates(body.contract ?? {});
      return { ...body, language, origin: requestOrigin(request) };
    },
  }),
];

function realDates({ start_date, end_date }: { start_date?: string | null; end_date?: string | null }): void {
  const faults = requireDates({ start_date, end_date });
  if (faults.length > 0) throw invalid(faults);
}

function idList(text: string): number[] {
  const parts = text.split(/[,; ]+/).filter(Boolean);
  if (parts.length === 0 || parts.some((part) => !/^[1-9]\d{0,15}$/.test(part)))
    throw invalid([
      problem(
        'client_account_id',
        'must be ids separated by comma, semicolon or space',
        'må være id-er skilt med komma, semikolon eller mellomrom',
      ),
    ]);
  return parts.map(Number);
}
