import { SigningKeys } from '../maskinporten/signing-keys.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { accessManagement } from './access-management.ts';
import { exchangeMachineToken } from './machine-exchange.ts';
import { APPROVERS, mayApprove } from './approvers.ts';
import { altinnError } from './problem.ts';
import { Registry, type SystemUserRequest } from './registry.ts';
import { storedInstances } from './storage.ts';
import { readSystem, systemRegister } from './system-register.ts';
import { exchangeUserToken } from './user-exchange.ts';
import { systemUserRequests } from './system-user-requests.ts';

const OPENID = '/authentication/api/v1/openid/.well-known/openid-configuration';

/** Altinn's platform: exchange of tokens, authorized parties, system register, requests for system users. */
export async function altinn(world: StandInWorld): Promise<StandIn> {
  const registry = new Registry(world.clock);
  const keys = await SigningKeys.make();
  const issuer = `${world.address}/authentication/api/v1/openid/`;
  let quoted = false;
  let many = 0;

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    switch (`${request.method} ${request.path}`) {
      case `GET ${OPENID}`:
        return { status: 200, body: { issuer, jwks_uri: `${world.address}${OPENID}/jwks` } };
      case `GET ${OPENID}/jwks`:
        return { status: 200, body: keys.jwks };
      case 'GET /authentication/api/v1/exchange/maskinporten':
        return exchangeMachineToken(request, world, { keys, issuer, quoted });
      case 'GET /authentication/api/v1/exchange/id-porten':
        return exchangeUserToken(request, world, { keys, issuer, quoted });
    }
    if (request.path.startsWith('/authentication/api/v1/exchange/')) return { status: 400, body: 'Unknown provider' };
    return (
      (await accessManagement(request, world, { many })) ??
      (await systemRegister(request, world, registry)) ??
      (await systemUserRequests(request, world, registry)) ??
      (await storedInstances(request, world)) ?? { status: 404 }
    );
  }

  const requestOf = (input: Record<string, unknown>): SystemUserRequest => {
    const found = registry.request(String(input.id));
    if (!found) throw new Error('id: no such request');
    return found;
  };

  return {
    answer,
    error: altinnError,
    help: {
      quote: {
        nb: 'Vekslede tokener som JSON-tekst (quoted: true) eller rått',
        en: 'Exchanged tokens as JSON text (quoted: true) or raw',
        example: { quoted: true },
      },
      requests: { nb: 'Vis forespørsler om systembruker', en: 'Show requests for system users' },
      decide: {
        nb: 'Avgjør en forespørsel: approve, reject eller escalate',
        en: 'Decide a request: approve, reject or escalate',
        example: { id: '…', person: '28818698897', decision: 'approve' },
      },
      deny: { nb: 'Altinn avslår en forespørsel', en: 'Altinn denies a request', example: { id: '…' } },
      timeOut: { nb: 'La en forespørsel gå ut', en: 'Let a request time out', example: { id: '…' } },
      vanish: { nb: 'Rydd en forespørsel bort', en: 'Clean a request away', example: { id: '…' } },
      deleteUser: {
        nb: 'Kunden sletter en systembruker',
        en: 'The customer deletes a system user',
        example: { id: '…' },
      },
    },
    actions: {
      /** Exchanged tokens as a quoted JSON string from now on, or raw. */
      quote: (input) => void (quoted = input.quoted !== false),
      /** Adds this many parties for every user, to test long lists. */
      many: ({ count = 0 }) => void (many = Number(count)),
      rotate: ({ keepOld = false }) => keys.rotate({ keepOld: keepOld === true }),
      /** A system as its vendor would register it. */
      register(input) {
        const system = readSystem(JSON.stringify(input));
        if (!system) throw new Error('id: text expected');
        registry.systems.set(system.id, system);
      },
      requests: () => registry.requests,
      request: (input) => registry.request(String(input.id)) ?? null,
      system: (input) => registry.systems.get(String(input.id)) ?? null,
      /** Actions of the approval page: approve, reject, escalate. */
      decide: (input) => decide(registry, requestOf(input), String(input.person), String(input.decision)),
      /** Refused by Altinn's own administration. */
      deny: (input) => void (requestOf(input).status = 'Denied'),
      timeOut: (input) => void (requestOf(input).status = 'Timedout'),
      /** Removed: from now on the request is unknown. */
      vanish: (input) => void registry.remove(requestOf(input).id),
      /** The customer removes the system user. */
      deleteUser(input) {
        const user = registry.users.get(String(input.id));
        if (!user) throw new Error('id: no such system user');
        user.isDeleted = true;
      },
      systemUser: ({ clientId, organizationNumber, externalRef }) =>
        registry.userFor(
          String(clientId),
          String(organizationNumber),
          typeof externalRef === 'string' ? externalRef : undefined,
        ),
    },
  };
}

/** `done`, or the text of Altinn's problem. */
function decide(registry: Registry, request: SystemUserRequest, person: string, decision: string): string {
  const approver = APPROVERS[person];
  if (!approver) return 'Ukjent person';
  if (request.status !== 'New') return 'AUTH-00013: Forespørselen er allerede besvart.';
  if (decision === 'escalate') {
    if (!approver.isEmployee) return 'AUTH-00014: Du representerer ikke virksomheten.';
    request.escalated = true;
    return 'done';
  }
  if (!mayApprove(approver, request.partyOrgNo))
    return 'AUTH-00066: Du kan ikke administrere tilganger for virksomheten.';
  if (decision === 'approve') registry.accept(request);
  else request.status = 'Rejected';
  return 'done';
}
