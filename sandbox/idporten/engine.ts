import { randomUUID } from 'node:crypto';
import { SigningKeys } from '../maskinporten/signing-keys.ts';
import type { StandInWorld } from '../stand-in.ts';
import type { AuthorizationRequest } from './authorization.ts';
import type { IdPortenClient } from './clients.ts';
import { Grants } from './grants.ts';
import { LoginSessions } from './sessions.ts';

/** What goes wrong with the next login's answers, on request. */
export interface Wrong {
  /** Claims of the id token in place of the right ones; null leaves one out. */
  claims?: Record<string, unknown>;
  /** Signed with a key that is not published. */
  signature?: boolean;
  /** `iss` beside the code; null leaves it out. */
  iss?: string | null;
  /** `state` beside the code. */
  state?: string;
}

const PUSHED_SECONDS = 120;

/** What ID-porten's two hosts know together: clients, requests on their way, login sessions, grants, keys. */
export class IdPortenEngine {
  readonly world: StandInWorld;
  readonly issuer: string;
  readonly clients = new Map<string, IdPortenClient>();
  readonly grants = new Grants();
  readonly sessions = new LoginSessions();
  readonly keys: SigningKeys;
  readonly #used = new Map<string, number>();
  readonly #pushed = new Map<string, { request: AuthorizationRequest; expires: number }>();
  /** Requests whose login page is open. */
  readonly #open = new Map<string, AuthorizationRequest>();
  wrong: Wrong | null = null;

  private constructor(world: StandInWorld, keys: SigningKeys) {
    this.world = world;
    this.issuer = world.address;
    this.keys = keys;
  }

  static async make(world: StandInWorld): Promise<IdPortenEngine> {
    return new IdPortenEngine(world, await SigningKeys.make());
  }

  get now(): number {
    return this.world.clock.seconds();
  }

  get loginHost(): string {
    return this.world.addressOf('idporten_login');
  }

  /** Notes a jti; false when it was used before. */
  use(jti: string, until: number): boolean {
    for (const [old, end] of this.#used) if (end < this.now) this.#used.delete(old);
    if (this.#used.has(jti)) {
      this.world.journal(`replayed jti ${jti}`);
      return false;
    }
    this.#used.set(jti, until);
    return true;
  }

  push(request: AuthorizationRequest): { request_uri: string; expires_in: number } {
    const uri = `urn:idporten:${randomUUID()}`;
    this.#pushed.set(uri, { request, expires: this.now + PUSHED_SECONDS });
    return { request_uri: uri, expires_in: PUSHED_SECONDS };
  }

  /** A pushed request, once. */
  takePushed(uri: string, clientId: string | null): AuthorizationRequest | null {
    const found = this.#pushed.get(uri);
    this.#pushed.delete(uri);
    return found && found.expires > this.now && found.request.client.clientId === clientId ? found.request : null;
  }

  open(request: AuthorizationRequest): string {
    const id = randomUUID();
    this.#open.set(id, request);
    return id;
  }

  takeOpen(id: string): AuthorizationRequest | null {
    const request = this.#open.get(id) ?? null;
    this.#open.delete(id);
    return request;
  }

  takeWrong(): Wrong {
    const wrong = this.wrong ?? {};
    this.wrong = null;
    return wrong;
  }
}
