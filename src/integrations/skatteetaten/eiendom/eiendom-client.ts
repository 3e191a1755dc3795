import { type Customer, withWhatRemains } from '../../altinn/system-users/standing-system-user.ts';
import { sendAuthorized, type TokenSource } from '../../authorized-call.ts';
import type { Maskinporten } from '../../maskinporten/maskinporten.ts';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { jsonObject, type JsonObject } from '../../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { Platform } from '../../../platform/operation.ts';
import type { OutboundParty } from '../../../platform/outbound/outbound-party.ts';
import { isUnknown } from './basis-layout.ts';
import { refusalError, SERVICE } from './refusal.ts';
import { isValuation } from './valuation-basis.ts';
import { type Valuation, VALUATIONS } from './valuations.ts';

/** Both scopes, as documented for the property calls. */
const SCOPES = ['skatteetaten:formueinntekt/skattemelding', 'skatteetaten:formueinntekt/skattemelding/eiendom'];
const PREFIX = '/api/skattemelding/v2/eiendom';

/** A query about a property for an income year. */
export interface PropertyQuestion {
  taxYear: number;
  /** `sergEiendomsidentifikator`. */
  propertyId: string;
  /** The customer on whose behalf we call. */
  owner: Customer;
}

declare module '../../../platform/outbound/outside.ts' {
  interface Outside {
    eiendom: EiendomClient;
  }
}

/**
 * Skatteetaten's property calls (skattemelding API v2, "eiendom") with a system-user token of the taxpayer. Responses
 * are returned unchanged. Throws the skatteetaten errors (400), the system_users errors, the maskinporten errors and
 * the outbound errors.
 */
export class EiendomClient {
  readonly #url: string;
  readonly #maskinporten: Maskinporten;
  readonly #party: OutboundParty;

  /** `url`: of the API, without a trailing slash. */
  constructor(url: string, { outbound, maskinporten }: { outbound: Outbound; maskinporten: Maskinporten }) {
    this.#url = url;
    this.#maskinporten = maskinporten;
    // Skatteetaten requests at most five concurrent calls.
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 5,
      timeoutMs: 15_000,
      totalMs: 40_000,
      maxBytes: 5_000_000,
    });
  }

  /** Properties by cadastral number (`31/139`), road address (`Storgata 1`) or unit (`orgnr/andelsnr`). */
  search(taxYear: number, query: string, owner: Customer): Promise<JsonObject> {
    const path = `soek/${taxYear}?query=${encodeURIComponent(query)}`;
    return this.#call({ call: 'eiendom.soek', method: 'GET', path, owner });
  }

  /** The wealth-tax basis. Callers other than the owner get fewer fields. */
  async wealthBasis({ taxYear, propertyId, owner }: PropertyQuestion): Promise<JsonObject> {
    const path = `formuesgrunnlag/${taxYear}/${encodeURIComponent(propertyId)}/${encodeURIComponent(owner.organizationNumber)}`;
    const basis = await this.#call({ call: 'eiendom.formuesgrunnlag', method: 'GET', path, owner });
    if (Array.isArray(basis.fastEiendom) || isUnknown(basis)) return basis;
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'a basis without properties' });
  }

  /** The basis with the given input, and the computed values. */
  async value(valuation: Valuation, question: PropertyQuestion, basis: JsonObject): Promise<JsonObject> {
    const { taxYear, propertyId, owner } = question;
    const path = `${VALUATIONS[valuation]}/${taxYear}/${encodeURIComponent(propertyId)}`;
    const body = JSON.stringify(basis);
    const answer = await this.#call({ call: `eiendom.${valuation}`, method: 'POST', path, owner, body });
    if (isValuation(answer, taxYear, valuation)) return answer;
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'a valuation without its object' });
  }

  async #call({ call, method, path, owner, body }: EiendomRequest): Promise<JsonObject> {
    const answer = await sendAuthorized(this.#party, this.#sources(owner), {
      call,
      repeatable: true,
      message: {
        method,
        url: `${this.#url}${PREFIX}/${path}`,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      },
    });
    if (answer.status >= 400) throw refusalError(answer, owner.organizationNumber);
    return jsonObject(SERVICE, answer);
  }

  #sources(owner: Customer): [TokenSource, TokenSource] {
    const { organizationNumber, externalRef } = owner;
    const systemUser = { organizationNumber, ...(externalRef === undefined ? {} : { externalRef }) };
    const source = {
      // No `resource`: Skatteetaten requires the claim to be absent.
      token: () => withWhatRemains(owner, () => this.#maskinporten.token({ scopes: SCOPES, systemUser })),
      drop: (token: string) => this.#maskinporten.drop(token),
    };
    return [source, source];
  }
}

/** Skatteetaten's property calls. Throws outbound.not_configured (503). */
export function eiendomOf({ outside }: Platform): EiendomClient {
  if (!outside?.eiendom) throw outboundErrors.not_configured({ service: 'Skatteetaten' });
  return outside.eiendom;
}

interface EiendomRequest {
  call: string;
  method: 'GET' | 'POST';
  path: string;
  owner: Customer;
  body?: string;
}
