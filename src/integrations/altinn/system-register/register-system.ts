import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { jsonObject, jsonObjectOrNull } from '../../../platform/outbound/json-answer.ts';
import type { OutboundAnswer } from '../../../platform/outbound/attempt.ts';
import type { OutboundMessage } from '../../../platform/outbound/outbound-message.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { sendAuthorized } from '../../authorized-call.ts';
import { altinnRefusal, readProblem, SERVICE } from '../altinn-problem.ts';
import type { AltinnTokens } from '../altinn-token.ts';
import { differences, readSystem, type RegisteredSystem, type SystemWish, wantedSystem } from './system.ts';

const SCOPE = 'altinn:authentication/systemregister.write';
const PREFIX = '/authentication/api/v1/systemregister/vendor';

export interface Registration {
  /** `same`: there was nothing to change. */
  outcome: 'created' | 'updated' | 'same';
  system: RegisteredSystem;
  /** The fields that differ from the registered system. */
  changes: string[];
}

interface RegisterWorld {
  /** Altinn's platform, without a trailing slash. */
  url: string;
  exchanges: boolean;
  outbound: Outbound;
  tokens: AltinnTokens;
}

/**
 * Registers our system at Altinn, or updates it; a repeated call changes nothing. A dry run only reads. Throws
 * system_users.refused with the broken rules, the maskinporten and the outbound errors.
 */
export async function registerSystem(
  wish: SystemWish,
  { dryRun }: { dryRun: boolean },
  { url, exchanges, outbound, tokens }: RegisterWorld,
): Promise<Registration> {
  const party = outbound.party({
    service: SERVICE,
    atOnce: 1,
    timeoutMs: 15_000,
    totalMs: 60_000,
    maxBytes: 2_000_000,
  });
  const question = { scopes: [SCOPE] };
  const source = exchanges ? tokens.exchanged(question) : tokens.direct(question);
  const send = (call: string, { url: path, body, method }: OutboundMessage) =>
    sendAuthorized(party, [source, source], {
      call,
      message: {
        method,
        url: `${url}${PREFIX}${path}`,
        headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body } : {}),
      },
    });
  const path = `/${encodeURIComponent(wish.systemId)}`;
  const registered = readRegistered(await send('systemregister.read', { method: 'GET', url: path }), wish.systemId);
  const system = wantedSystem(wish, registered);
  const changes = registered ? differences(registered, system) : Object.keys(system);
  const outcome = !registered ? 'created' : changes.length > 0 ? 'updated' : 'same';
  if (dryRun || outcome === 'same') return { outcome, system, changes };
  const body = JSON.stringify(system);
  const answer = registered
    ? await send('systemregister.update', { method: 'PUT', url: path, body })
    : await send('systemregister.create', { method: 'POST', url: '', body });
  if (answer.status >= 400) throw altinnRefusal(answer);
  if (answer.status >= 300)
    throw outboundErrors.contract_broken({ service: SERVICE, reason: `status ${answer.status} from the register` });
  return { outcome, system, changes };
}

/** Null if no such system is registered. */
function readRegistered(answer: OutboundAnswer, systemId: string): RegisteredSystem | null {
  const isAbsent = answer.status === 404 && (answer.body.length === 0 || readProblem(answer) !== null);
  if (isAbsent || answer.status === 204) return null;
  if (answer.status >= 400) throw altinnRefusal(answer);
  if (!jsonObjectOrNull(answer) && answer.body.toString('utf8').trim() === 'null') return null;
  const system = readSystem(jsonObject(SERVICE, answer));
  if (system.id !== systemId)
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'another system than was asked for' });
  return system;
}
