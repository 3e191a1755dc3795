import { randomUUID } from 'node:crypto';
import type { Login } from './grants.ts';

const IDLE_SECONDS = 1_800;
const LONGEST_SECONDS = 7_200;

/** A login session of a browser: the user, and the clients. */
export interface LoginSession {
  login: Login;
  clients: Set<string>;
  seen: number;
}

/** Login sessions by the browser's cookie. */
export class LoginSessions {
  readonly #byCookie = new Map<string, LoginSession>();

  begin(pid: string | null, acr: string, now: number): { cookie: string; session: LoginSession } {
    const cookie = randomUUID();
    const session = { login: { pid, acr, sid: randomUUID(), at: now }, clients: new Set<string>(), seen: now };
    this.#byCookie.set(cookie, session);
    return { cookie, session };
  }

  find(cookie: string | undefined, now: number): LoginSession | null {
    const session = cookie === undefined ? undefined : this.#byCookie.get(cookie);
    if (!session || session.seen + IDLE_SECONDS <= now || session.login.at + LONGEST_SECONDS <= now) return null;
    session.seen = now;
    return session;
  }

  /** By the session id, if the browser sends no cookie. */
  findBySid(sid: unknown): LoginSession | null {
    return [...this.#byCookie.values()].find(({ login }) => login.sid === sid) ?? null;
  }

  end(session: LoginSession): void {
    for (const [cookie, one] of this.#byCookie) if (one === session) this.#byCookie.delete(cookie);
  }
}
