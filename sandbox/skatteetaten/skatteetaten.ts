import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { checkBearer } from './bearer-check.ts';
import { type Property, PROPERTIES } from './properties.ts';
import { commonError, Refused } from './refusal.ts';
import { search } from './search.ts';
import { type Service, valuate } from './valuation.ts';
import { wealthBasis } from './wealth-basis.ts';

const PREFIX = '/api/skattemelding/v2/';
const FIRST_YEAR = 2019;
const AT_ONCE = 5;

/** Skatteetaten's property calls of the skattemelding API v2. */
export function skatteetaten(world: StandInWorld): StandIn {
  let isOpen = true;

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    const path = request.path.startsWith(PREFIX) ? request.path.slice(PREFIX.length) : '';
    if (path === 'ping') return { status: 200, body: { ping: 'pong' } };
    if (!path.startsWith('eiendom/')) return commonError(404);
    const bearer = await checkBearer(request, world);
    if ('refused' in bearer) return bearer.refused;
    if (!isOpen) return commonError(403);
    world.journal(`${path.split('/').slice(1, 2).join('/')} for ${bearer.organizationNumber}`);
    try {
      return answerProperty(request, path.slice('eiendom/'.length), bearer.organizationNumber);
    } catch (error) {
      if (error instanceof Refused) return error.answer();
      throw error;
    }
  }

  function answerProperty(request: StandInRequest, path: string, organizationNumber: string): StandInAnswer {
    const found =
      /^(soek|formuesgrunnlag|markedsverdi\/bolig|markedsverdi\/flerbolig|utleieverdi)\/(\d{4})(?:\/(\d+))?(?:\/(\d+))?$/.exec(
        path,
      );
    if (!found) return commonError(404);
    const [, service, year, id, taxpayer] = found as unknown as [string, string, string, string?, string?];
    const taxYear = Number(year);
    const method = service === 'soek' || service === 'formuesgrunnlag' ? 'GET' : 'POST';
    if (request.method !== method) return commonError(404);
    if (taxYear < FIRST_YEAR || taxYear > world.clock.now().getUTCFullYear()) throw new Refused('EIENDOM-050');
    if (service === 'soek') {
      const query = request.query.get('query');
      if (!query) throw new Refused('EIENDOM-051', 'query mangler.');
      return { status: 200, body: search(query, world.clock.now()) };
    }
    const property = propertyOf(id);
    if (service === 'formuesgrunnlag') {
      // A taxpayer other than the one who granted the right.
      if (taxpayer !== organizationNumber) return commonError(403);
      return { status: 200, body: wealthBasis(property, taxYear, taxpayer) };
    }
    return { status: 200, body: valuate(service as Service, property, taxYear, bodyOf(request)) };
  }

  return {
    answer(request) {
      if (request.underWay <= AT_ONCE) return answer(request);
      world.journal('more than five at once');
      return { ...commonError(429), headers: { 'retry-after': '1' } };
    },
    error: commonError,
    help: {
      season: {
        nb: 'Om tjenesten er åpen for sesongen (open: true) eller svarer 403 (open: false)',
        en: 'Whether the service is open for the season (open: true) or answers 403 (open: false)',
        example: { open: false },
      },
    },
    actions: {
      season: ({ open }) => void (isOpen = open !== false),
      reset: () => void (isOpen = true),
    },
  };
}

function propertyOf(id: string | undefined): Property {
  const property = PROPERTIES.find((one) => one.id === id);
  if (!property) throw new Refused('EIENDOM-014');
  if (property.refusedWith) throw new Refused(property.refusedWith);
  return property;
}

function bodyOf(request: StandInRequest): Record<string, unknown> {
  try {
    const body = JSON.parse(request.body) as unknown;
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Described below.
  }
  throw new Refused('EIENDOM-051', 'Forespørselen er ikke JSON.');
}
