import { expect } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { integrationRoutes } from '../../src/integrations/index.ts';
import type { Platform } from '../../src/platform/operation.ts';
import { type Books, openBooks, testPlatform } from '../support/books/books.ts';
import { type Answer, apiOf, type DomainApi } from '../support/http/domain-api.ts';
import { connect, type MovingClock } from '../support/outside/sandbox.ts';
import type { FaultAnswer, FaultCall } from './faults.ts';

const CUSTOMER = '310049573';
const SYSTEM_USERS = '/integrations/altinn/system-users';

/** Our calls to Altinn, Dialogporten and Maskinporten for a customer's system user. */
export async function customerPartyCalls(sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  const patient = await apiOver(sandbox, clock);
  const hasty = await apiOver(sandbox, clock, 300);
  const api = (isSlow: boolean) => (isSlow ? hasty : patient);
  const active = await activeSystemUser(patient, sandbox, clock);
  let books = active.books;
  const status = (isSlow: boolean) => api(isSlow)('GET', `${SYSTEM_USERS}/${active.id}`, active.books.token);
  const dialogs = (isSlow: boolean) =>
    api(isSlow)(
      'GET',
      `/integrations/dialogporten/dialogs?client_account_id=${active.books.clientAccountId}`,
      active.books.token,
    );

  const asking = {
    healthy: 200,
    prepare: async () => void (books = await openBooks({ clock, organizationNumber: CUSTOMER })),
    // Created, or nothing: no partial result.
    ask: async (isSlow: boolean) => {
      const answer = await request(api(isSlow), books);
      expect((await list(patient, books, '')).body.total).toBe(answer.status === 200 ? 1 : 0);
      return answer;
    },
    outcomeOf,
    whole: '200 New',
    failed: /^400 system_users\.request_failed \((outbound|maskinporten|system_users)\.\w+\)$/,
  };
  const reading = {
    healthy: 200,
    ask: status,
    outcomeOf,
    whole: '200 Active',
    failed: /^400 system_users\.status_unavailable \((outbound|maskinporten|system_users)\.\w+\)$/,
  };
  const searching = {
    healthy: 200,
    ask: dialogs,
    outcomeOf,
    whole: '200 25 items',
    failed: /^200 \[\], error: (Dialogporten|Maskinporten|Altinn) /,
  };
  return [
    {
      ...asking,
      party: 'altinn',
      service: 'Altinn',
      name: 'request for a system user (POST /integrations/altinn/system-users)',
      path: '/request/vendor$',
    },
    {
      ...asking,
      party: 'altinn',
      service: 'Altinn',
      name: 'exchange of the vendor’s token (the same)',
      path: '/exchange/maskinporten$',
      prepare: async () => {
        await asking.prepare();
        // The previous token has expired.
        clock.pass(1800);
      },
    },
    {
      ...asking,
      party: 'maskinporten',
      service: 'Maskinporten',
      name: 'the vendor’s token (the same)',
      path: '^/token$',
      prepare: async () => {
        await asking.prepare();
        clock.pass(1800);
      },
    },
    {
      ...reading,
      party: 'altinn',
      service: 'Altinn',
      name: 'status of the request (GET /integrations/altinn/system-users/{id})',
      path: '/request/vendor/.',
    },
    {
      ...reading,
      party: 'altinn',
      service: 'Altinn',
      name: 'the system user that came of it (the same)',
      path: '/vendor/byquery$',
    },
    {
      healthy: 200,
      party: 'altinn',
      service: 'Altinn',
      name: 'status in the list, which shows what is stored where it cannot be had (GET /integrations/altinn/system-users)',
      path: '/systemuser/',
      ask: (isSlow) => list(api(isSlow), active.books, `?client_account_id=${active.books.clientAccountId}`),
      outcomeOf,
      whole: '200 1 items',
      failed: /^200 1 items$/,
    },
    {
      ...searching,
      party: 'dialogporten',
      service: 'Dialogporten',
      name: 'search (GET /integrations/dialogporten/dialogs)',
      path: '/enduser/dialogs$',
    },
    {
      ...searching,
      party: 'maskinporten',
      service: 'Maskinporten',
      name: 'the system user’s token (the same)',
      path: '^/token$',
      prepare: async () => clock.pass(1800),
    },
  ];
}

async function apiOver(sandbox: Sandbox, clock: MovingClock, timeoutMs?: number): Promise<DomainApi> {
  const { outside } = await connect(sandbox, clock, timeoutMs === undefined ? {} : { timeoutMs });
  const platform: Platform = { ...testPlatform(clock), publicUrl: 'http://127.0.0.1:8080', outside };
  return apiOf(integrationRoutes, platform);
}

const request = (api: DomainApi, { token, clientAccountId }: Books): Promise<Answer> =>
  api('POST', SYSTEM_USERS, token, { client_account_id: clientAccountId }, { 'accept-language': 'en' });
const list = (api: DomainApi, { token }: Books, query: string): Promise<Answer> =>
  api('GET', `${SYSTEM_USERS}${query}`, token);

async function activeSystemUser(
  api: DomainApi,
  sandbox: Sandbox,
  clock: MovingClock,
): Promise<{ books: Books; id: string }> {
  const books = await openBooks({ clock, organizationNumber: CUSTOMER });
  const { id } = (await request(api, books)).body;
  await sandbox.act('altinn', 'decide', { id, decision: 'approve', person: '28818698897' });
  expect((await api('GET', `${SYSTEM_USERS}/${id}`, books.token)).body.status).toBe('Active');
  return { books, id };
}

interface Outcome {
  details?: { code: string; cause?: string };
  error?: string;
  status?: string;
  items?: unknown[];
}

/** The result in few words; if the response is a 400 or 200 by specification, with its cause. */
function outcomeOf({ status, body }: FaultAnswer): string {
  const { details, error, status: state, items } = body as Outcome;
  if (details) return `${status} ${details.code} (${details.cause})`;
  if (error !== undefined) return `${status} [], error: ${error}`;
  return `${status} ${state ?? `${items?.length} items`}`;
}
