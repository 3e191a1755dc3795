import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildAuthorizationUrlWithPAR,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  clockSkew,
  Configuration,
  type CustomFetch,
  customFetch,
  discovery,
  type IDToken,
  modifyAssertion,
  PrivateKeyJwt,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type ServerMetadata,
  tokenRevocation,
} from 'openid-client';
import type { Clock } from '../../kernel/clock.ts';
import { jsonObject } from '../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import type { SigningKey } from '../maskinporten/signing-key.ts';
import { idPortenErrors } from './errors.ts';
import { isEnough, type Level } from './level.ts';
import { asRefusal, broken, GrantEnded, SERVICE } from './refusal.ts';
import { IdPortenKeys } from './signing-keys.ts';
import { readTokens, type Tokens } from './tokens.ts';

export interface IdPortenOptions {
  /** Without a trailing slash. */
  issuer: string;
  clientId: string;
  key: SigningKey;
  /** The scopes of every login, including `openid`. */
  scopes: readonly string[];
  /** The lowest accepted level of assurance. */
  level: Level;
  /** Uses pushed authorization requests (RFC 9126). */
  pushed: boolean;
  /** Of this installation, without a trailing slash. */
  publicUrl: string;
}

/** A login that the browser is sent to. The other fields stay on the server and are never shown. */
export interface BegunLogin {
  url: string;
  state: string;
  nonce: string;
  verifier: string;
}

export interface FinishedLogin {
  tokens: Tokens & { idToken: string };
  /** Pairwise: differs for every client, not a personal number. */
  subject: string;
  acr: string;
  /** Id of the login session at ID-porten; null if the client is not registered to get it. */
  sid: string | null;
}

const CALLBACK_PATH = '/integrations/id-porten/callback';
const LOGGED_OUT_PATH = '/integrations/id-porten/logged-out';

const METADATA_MS = 24 * 3_600_000;

/**
 * ID-porten, as an OpenID Connect client with private_key_jwt (RFC 7523), pushed requests (RFC 9126), PKCE (RFC 7636)
 * and a check of the issuer in every response (RFC 9207). It stores no session; `user-token.ts` does.
 */
export class IdPorten {
  readonly options: IdPortenOptions;
  readonly #party: OutboundParty;
  readonly #clock: Clock;
  readonly #keys = new IdPortenKeys();
  #known: { metadata: ServerMetadata; until: number } | undefined;

  constructor(options: IdPortenOptions, { outbound, clock }: { outbound: Outbound; clock: Clock }) {
    this.options = options;
    this.#clock = clock;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 20,
      timeoutMs: 10_000,
      totalMs: 25_000,
      maxBytes: 300_000,
    });
  }

  get #redirectUri(): string {
    return this.options.publicUrl + CALLBACK_PATH;
  }

  /**
   * Registers a login there. `anew`: requires a new sign-in even if the browser has a session there. Throws
   * id_porten.refused (503) and the outbound errors.
   */
  async begin(scopes: readonly string[], { language, anew }: { language: string; anew: boolean }): Promise<BegunLogin> {
    return this.#protocol('login', async (server) => {
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
      const parameters = {
        redirect_uri: this.#redirectUri,
        scope: scopes.join(' '),
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        acr_values: this.options.level,
        ui_locales: language,
        ...(anew ? { prompt: 'login' } : {}),
      };
      const url = this.options.pushed
        ? await buildAuthorizationUrlWithPAR(server, parameters)
        : buildAuthorizationUrl(server, parameters);
      return { url: url.href, state, nonce, verifier };
    });
  }

  /**
   * Processes the parameters that the browser returned with. Throws id_porten.cancelled, login_failed and code_refused
   * (400), level_too_low and person_missing (403), the outbound errors, and contract_broken (502) for a response that
   * does not belong to this login.
   */
  async finish(query: URLSearchParams, login: Omit<BegunLogin, 'url'> & { acr: Level }): Promise<FinishedLogin> {
    // The library accepts a response without an issuer if the metadata do not promise one.
    if (query.get('iss') !== this.options.issuer) throw broken('answer of another issuer');
    const now = this.#clock.now().getTime();
    const { answer, claims } = await this.#protocol('code', async (server) => {
      const found = await authorizationCodeGrant(server, new URL(`${this.#redirectUri}?${query.toString()}`), {
        expectedState: login.state,
        expectedNonce: login.nonce,
        pkceCodeVerifier: login.verifier,
        idTokenExpected: true,
      });
      await this.#verify(server, found.id_token!, now);
      return { answer: found, claims: found.claims()! };
    }).catch((error: unknown) => {
      throw error instanceof GrantEnded ? idPortenErrors.code_refused({ service: SERVICE }) : error;
    });
    requireLevel(claims, login.acr);
    requirePerson(claims);
    return {
      tokens: { ...readTokens(answer, now), idToken: answer.id_token! },
      subject: claims.sub,
      acr: claims.acr as string,
      sid: typeof claims.sid === 'string' && claims.sid !== '' ? claims.sid : null,
    };
  }

  /** New tokens for a refresh token. Throws GrantEnded, id_porten.refused (503) and the outbound errors. */
  async renew(refreshToken: string, subject: string): Promise<Tokens> {
    const now = this.#clock.now().getTime();
    return this.#protocol('refresh', async (server) => {
      const found = await refreshTokenGrant(server, refreshToken);
      if (found.id_token) {
        await this.#verify(server, found.id_token, now);
        // OpenID Connect Core section 12.2.
        if (found.claims()?.sub !== subject) throw broken('tokens of another person');
      }
      return readTokens(found, now);
    });
  }

  /** Revokes the grant there (RFC 7009), which a logout alone does not do. An unknown token is not an error. */
  async revoke(token: string): Promise<void> {
    await this.#protocol('revoke', (server) => tokenRevocation(server, token));
  }

  /** The address that ends the session there. It contains the id token: for the user only, and never logged. */
  async endSessionUrl(idToken: string, state: string): Promise<string> {
    return this.#protocol('logout', async (server) => {
      const url = buildEndSessionUrl(server, {
        id_token_hint: idToken,
        post_logout_redirect_uri: this.options.publicUrl + LOGGED_OUT_PATH,
        state,
      });
      return url.href;
    });
  }

  /** The origins that the browser is sent to, for the content security policy of pages that link there. */
  async browserOrigins(): Promise<string[]> {
    const { authorization_endpoint: authorize, end_session_endpoint: logout } = await this.#metadata();
    return [...new Set([authorize, logout].flatMap((url) => (url ? [new URL(url).origin] : [])))];
  }

  async #verify(server: Configuration, idToken: string, now: number): Promise<void> {
    const { jwks_uri: url } = server.serverMetadata();
    if (!url) throw broken('metadata without jwks_uri');
    await this.#keys.verify(idToken, now, async () => {
      const message = { method: 'GET', url, headers: { accept: 'application/json' } } as const;
      const answer = await this.#party.send({ call: 'keys', message: () => message });
      return answer.status === 200 ? jsonObject(SERVICE, answer) : null;
    });
  }

  /** Runs a named step of the protocol and converts the library's errors to ours. */
  async #protocol<T>(call: string, step: (server: Configuration) => Promise<T>): Promise<T> {
    try {
      return await step(await this.#server(call));
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** The library reads the system's clock; each call passes its difference from ours. */
  async #server(call: string): Promise<Configuration> {
    const { clientId } = this.options;
    const skew = Math.round((this.#clock.now().getTime() - Date.now()) / 1000);
    const metadata = await this.#metadata();
    const server = new Configuration(metadata, clientId, { [clockSkew]: skew }, await this.#authentication());
    server[customFetch] = this.#fetch(call, metadata);
    if (this.#isHere) allowInsecureRequests(server);
    return server;
  }

  /** A setting allows `http` for addresses of this machine only. */
  get #isHere(): boolean {
    return this.options.issuer.startsWith('http:');
  }

  async #authentication() {
    const { privateKey, kid, x5c } = this.options.key;
    const key = privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
    return PrivateKeyJwt(
      { key, ...(kid ? { kid } : {}) },
      {
        [modifyAssertion](header) {
          if (x5c) header.x5c = x5c;
        },
      },
    );
  }

  async #metadata(): Promise<ServerMetadata> {
    const now = this.#clock.now().getTime();
    if (this.#known && this.#known.until > now) return this.#known.metadata;
    const { issuer, clientId } = this.options;
    let metadata: ServerMetadata;
    try {
      const found = await discovery(new URL(issuer), clientId, undefined, undefined, {
        [customFetch]: this.#fetch('metadata'),
        ...(this.#isHere ? { execute: [allowInsecureRequests] } : {}),
      });
      metadata = found.serverMetadata();
    } catch (error) {
      throw asRefusal(error);
    }
    if (metadata.issuer !== issuer) throw broken('metadata of another issuer');
    for (const url of [metadata.authorization_endpoint, metadata.token_endpoint, metadata.end_session_endpoint])
      if (!url || !isAddress(url, this.#isHere)) throw broken('metadata without its endpoints');
    this.#known = { metadata, until: now + METADATA_MS };
    return metadata;
  }

  /** The library's requests through our outbound layer: its limits, its circuit breaker, its log. */
  #fetch(call: string, metadata?: ServerMetadata): CustomFetch {
    return async (url, { method, headers, body }) => {
      const text = body === undefined || body === null ? undefined : String(body as string | URLSearchParams);
      const answer = await this.#party.send({
        call,
        // An assertion is valid for one request, and a refresh token may be.
        once: method === 'POST',
        message: () => ({
          method: method === 'POST' ? 'POST' : 'GET',
          url,
          headers,
          ...(text === undefined ? {} : { body: text }),
        }),
      });
      const pushed = url === metadata?.pushed_authorization_request_endpoint;
      // RFC 9126 requires 201, ID-porten's documentation does not say.
      const status = pushed && answer.status === 200 ? 201 : answer.status;
      const empty = [204, 205, 304].includes(status) || status < 200;
      return new Response(empty ? null : new Uint8Array(answer.body), {
        status: status < 200 ? 502 : status,
        headers: answer.headers,
      });
    };
  }
}

/** A user may return with another level than requested. */
function requireLevel({ acr }: IDToken, asked: Level): void {
  if (isEnough(acr, asked)) return;
  throw idPortenErrors.level_too_low({ acr: typeof acr === 'string' && /^[\w-]{1,40}$/.test(acr) ? acr : '', asked });
}

/** The token contains a pid only for persons with a Norwegian number; without one the user cannot represent anyone. */
function requirePerson({ pid }: IDToken): void {
  if (typeof pid !== 'string' || !/^\d{11}$/.test(pid)) throw idPortenErrors.person_missing();
}

function isAddress(url: string, here: boolean): boolean {
  return URL.canParse(url) && ['https:', ...(here ? ['http:'] : [])].includes(new URL(url).protocol);
}
