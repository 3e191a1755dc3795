import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { OAuthRefused } from './refusal.ts';
import type { AuthorizationRequest } from './authorization.ts';
import type { IdPortenClient } from './clients.ts';

/** The user of a login, and the method. */
export interface Login {
  /** Null: a foreign eID, which has none. */
  pid: string | null;
  /** As used, which may be lower than what was asked for. */
  acr: string;
  /** Of the login session. */
  sid: string;
  at: number;
}

/** What a user has given a client. */
export interface Grant {
  id: string;
  client: IdPortenClient;
  login: Login;
  scopes: string[];
  nonce: string;
  begun: number;
  revoked: boolean;
  refreshToken: string | null;
  refreshEnds: number;
}

interface Code {
  grant: Grant;
  redirectUri: string;
  challenge: string;
  expires: number;
  used: boolean;
}

const CODE_SECONDS = 60;
const secret = () => randomBytes(24).toString('base64url');

/** Codes and refresh tokens, and what they stand for. */
export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #byRefreshToken = new Map<string, Grant>();
  readonly #byAccessToken = new Map<string, Grant>();
  readonly all: Grant[] = [];
  /** Whether a renewal replaces the refresh token. */
  rotates = true;

  issueCode(request: AuthorizationRequest, login: Login, scopes: string[], now: number): string {
    const { client, nonce, redirectUri, challenge } = request;
    const grant: Grant = {
      id: randomUUID(),
      client,
      login,
      scopes,
      nonce,
      begun: now,
      revoked: false,
      refreshToken: null,
      refreshEnds: 0,
    };
    this.all.push(grant);
    const code = secret();
    this.#codes.set(code, { grant, redirectUri, challenge, expires: now + CODE_SECONDS, used: false });
    return code;
  }

  /** Takes a code in, once (RFC 6749 section 4.1.3, RFC 7636 section 4.6). Used again, what the first use gave ends. */
  redeem(form: URLSearchParams, client: IdPortenClient, now: number): Grant {
    const refuse = (why: string) => new OAuthRefused('invalid_grant', why);
    const code = this.#codes.get(form.get('code') ?? '');
    if (!code || code.grant.client.clientId !== client.clientId) throw refuse('the code is unknown');
    if (code.used) {
      code.grant.revoked = true;
      throw refuse('the code was used before');
    }
    code.used = true;
    if (code.expires <= now) throw refuse('the code has expired');
    if (form.get('redirect_uri') !== code.redirectUri) throw refuse('another redirect_uri');
    const verifier = form.get('code_verifier') ?? '';
    if (createHash('sha256').update(verifier).digest('base64url') !== code.challenge)
      throw refuse('wrong code_verifier');
    return code.grant;
  }

  /** The grant of a refresh token; idle for too long, revoked or past its end it is none. */
  renew(form: URLSearchParams, client: IdPortenClient, now: number): Grant {
    const token = form.get('refresh_token') ?? '';
    const grant = this.#byRefreshToken.get(token);
    const refuse = (why: string) => new OAuthRefused('invalid_grant', why);
    if (!grant || grant.client.clientId !== client.clientId) throw refuse('the refresh token is unknown');
    if (grant.refreshToken !== token) {
      // A replaced token comes from a sender who should not have it.
      grant.revoked = true;
      throw refuse('the refresh token was replaced');
    }
    if (grant.revoked) throw refuse('the grant is revoked');
    if (grant.refreshEnds <= now) throw refuse('the refresh token has expired');
    return grant;
  }

  /** The refresh token that goes with an answer, and for how long it is good. */
  refreshTokenFor(grant: Grant, now: number): { token: string; seconds: number } | null {
    const { client, begun } = grant;
    if (!client.grantTypes.includes('refresh_token')) return null;
    if (grant.refreshToken === null || this.rotates) {
      grant.refreshToken = secret();
      this.#byRefreshToken.set(grant.refreshToken, grant);
    }
    const { refresh, authorization } = client.lifetimes;
    grant.refreshEnds = Math.min(now + refresh, begun + authorization);
    return { token: grant.refreshToken, seconds: grant.refreshEnds - now };
  }

  noteAccessToken(token: string, grant: Grant): void {
    this.#byAccessToken.set(token, grant);
  }

  find(token: string): Grant | undefined {
    return this.#byRefreshToken.get(token) ?? this.#byAccessToken.get(token);
  }
}
