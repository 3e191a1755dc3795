import type { Clock } from '../../kernel/clock.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { isObject, jsonObject, type JsonObject } from '../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import { readUnit, type Unit } from './unit.ts';

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    enhetsregisteret: EnhetsregisteretClient;
  }
}

export const SERVICE = 'Enhetsregisteret';
/** Cache time of a looked-up unit. */
const KEPT_MS = 6 * 3_600_000;
const MOST_KEPT = 2_000;
/** Updates per request. The register allows page times size up to 10,000. */
export const FEED_PAGE = 1_000;
const HITS = 20;

export type UnitAnswer = { kind: 'unit'; unit: Unit } | { kind: 'unknown' } | { kind: 'removed' };

/** A change of a unit in the feed. */
export interface RegisterUpdate {
  id: number;
  organizationNumber: string;
  /** `Ny`, `Endring`, `Sletting`, `Fjernet`, `Ukjent`; others may be added. */
  kind: string;
}

/**
 * Enhetsregisteret's open data (API v2, data.brreg.no). No credentials. Throws the outbound errors: 502 for an invalid
 * response, 503, 504.
 */
export class EnhetsregisteretClient {
  readonly #url: string;
  readonly #clock: Clock;
  readonly #party: OutboundParty;
  readonly #kept = new Map<string, { answer: UnitAnswer; until: number }>();

  /** `url`: of the API, without a trailing slash. */
  constructor(url: string, { outbound, clock }: { outbound: Outbound; clock: Clock }) {
    this.#url = url;
    this.#clock = clock;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 5,
      timeoutMs: 10_000,
      totalMs: 25_000,
      maxBytes: 3_000_000,
    });
  }

  /** A unit with a valid number, possibly cached for some hours, for lookups. */
  async lookUp(organizationNumber: string): Promise<UnitAnswer> {
    const now = this.#clock.now().getTime();
    const kept = this.#kept.get(organizationNumber);
    if (kept && kept.until > now) return kept.answer;
    const answer = await this.unit(organizationNumber);
    this.#kept.delete(organizationNumber);
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(organizationNumber, { answer, until: now + KEPT_MS });
    return answer;
  }

  /** A unit with a valid number, current: a number may be a main unit's or a sub-unit's. */
  async unit(organizationNumber: string): Promise<UnitAnswer> {
    const main = await this.#get('enheter.hent', `enheter/${organizationNumber}`);
    if (main.status !== 404) return this.#unitOf(main, organizationNumber);
    const sub = await this.#get('underenheter.hent', `underenheter/${organizationNumber}`);
    return sub.status === 404 ? { kind: 'unknown' } : this.#unitOf(sub, organizationNumber);
  }

  #unitOf(answer: OutboundAnswer, organizationNumber: string): UnitAnswer {
    if (answer.status === 410) {
      this.#kept.delete(organizationNumber);
      return { kind: 'removed' };
    }
    const unit = readUnit(this.#object(answer), organizationNumber);
    if (!unit) throw outboundErrors.contract_broken({ service: SERVICE, reason: 'not the unit that was asked for' });
    return { kind: 'unit', unit };
  }

  /** The number of the only active unit with exactly this name; null if there is none, or several. */
  async numberOfName(name: string): Promise<string | null> {
    const query = new URLSearchParams({ navn: name, size: String(HITS) });
    const body = this.#object(await this.#get('enheter.soek', `enheter?${query.toString()}`));
    const same = embedded(body).filter(
      (unit) => typeof unit.navn === 'string' && sameName(unit.navn, name) && !unit.slettedato && unit.konkurs !== true,
    );
    const [only] = same;
    const number = only?.organisasjonsnummer;
    return same.length === 1 && typeof number === 'string' && /^\d{9}$/.test(number) ? number : null;
  }

  /** At most `FEED_PAGE` changes of main units, from an id or a time on, oldest first. */
  async updates(from: { id: number } | { time: Date }): Promise<RegisterUpdate[]> {
    const query = new URLSearchParams({
      ...('id' in from ? { oppdateringsid: String(from.id) } : { dato: from.time.toISOString() }),
      size: String(FEED_PAGE),
    });
    const body = this.#object(await this.#get('oppdateringer.enheter', `oppdateringer/enheter?${query.toString()}`));
    const updates = embedded(body).map((update) => {
      const { oppdateringsid: id, organisasjonsnummer: organizationNumber, endringstype: kind } = update;
      // A skipped change would be lost.
      if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof organizationNumber !== 'string')
        throw outboundErrors.contract_broken({ service: SERVICE, reason: 'an update without id or number' });
      return { id, organizationNumber, kind: typeof kind === 'string' ? kind : 'Ukjent' };
    });
    return updates.sort((a, b) => a.id - b.id);
  }

  #get(call: string, path: string): Promise<OutboundAnswer> {
    return this.#party.send({
      call,
      message: () => ({ method: 'GET', url: `${this.#url}/${path}`, headers: { accept: 'application/json' } }),
    });
  }

  #object(answer: OutboundAnswer): JsonObject {
    if (answer.status === 200) return jsonObject(SERVICE, answer);
    throw outboundErrors.contract_broken({ service: SERVICE, reason: `status ${answer.status}` });
  }
}

/** The list of a HAL page, whatever its name; empty if nothing was found. */
function embedded(body: JsonObject): JsonObject[] {
  const page = body['_embedded'];
  if (page === undefined) {
    if (isObject(body.page)) return [];
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'no HAL page' });
  }
  const list = isObject(page) ? Object.values(page).find((value) => Array.isArray(value)) : undefined;
  if (!list || !list.every(isObject)) throw outboundErrors.contract_broken({ service: SERVICE, reason: 'no list' });
  return list;
}

function sameName(a: string, b: string): boolean {
  const plain = (name: string) => name.normalize('NFC').trim().replace(/\s+/g, ' ').toUpperCase();
  return plain(a) === plain(b);
}
