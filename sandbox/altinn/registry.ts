import { isSynthetic } from '../organizations.ts';
import type { SandboxClock } from '../sandbox-clock.ts';

export interface Right {
  resource: { id: string; value: string }[];
  action?: string;
}

export interface RegisteredSystem {
  id: string;
  vendor: { ID: string };
  name: Record<string, string>;
  description: Record<string, string>;
  rights: Right[];
  accessPackages: { urn: string }[];
  clientId: string[];
  isVisible: boolean;
  allowedRedirectUrls: string[];
}

export interface SystemUserRequest {
  id: string;
  systemId: string;
  partyOrgNo: string;
  externalRef: string;
  integrationTitle: string | null;
  rights: Right[];
  accessPackages: { urn: string }[];
  redirectUrl: string | null;
  status: 'New' | 'Accepted' | 'Rejected' | 'Denied' | 'Timedout';
  escalated: boolean;
  created: Date;
}

export interface SystemUser {
  id: string;
  systemId: string;
  reporteeOrgNo: string;
  externalRef: string;
  integrationTitle: string | null;
  created: Date;
  isDeleted: boolean;
}

const DAY_MS = 86_400_000;
/** A request without a decision times out after this. */
const TIMED_OUT_MS = 10 * DAY_MS;
/** The request is removed this long afterwards. */
const GONE_MS = TIMED_OUT_MS + 28 * DAY_MS;

/** Organisations whose managers never approved anything. */
const WITHOUT_SYSTEM_USER = new Set(['311012940']);

/** Systems, requests and system users, used by the register, the approval page and Maskinporten. */
export class Registry {
  readonly systems = new Map<string, RegisteredSystem>();
  readonly users = new Map<string, SystemUser>();
  readonly #requests = new Map<string, SystemUserRequest>();
  readonly #clock: SandboxClock;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** The current state: undecided requests have timed out, or are removed. */
  get requests(): SystemUserRequest[] {
    for (const request of this.#requests.values()) {
      const age = this.#clock.now().getTime() - request.created.getTime();
      if (request.status === 'New' && age > TIMED_OUT_MS) request.status = 'Timedout';
      if (request.status === 'Timedout' && age > GONE_MS) this.#requests.delete(request.id);
    }
    return [...this.#requests.values()];
  }

  request(id: string): SystemUserRequest | undefined {
    return this.requests.find((one) => one.id === id);
  }

  add(request: SystemUserRequest): void {
    this.#requests.set(request.id, request);
  }

  remove(id: string): boolean {
    return this.#requests.delete(id);
  }

  /** The decision on the approval page: from here on the system user exists, under the request's id. */
  accept(request: SystemUserRequest): void {
    request.status = 'Accepted';
    this.users.set(request.id, {
      id: request.id,
      systemId: request.systemId,
      reporteeOrgNo: request.partyOrgNo,
      externalRef: request.externalRef,
      integrationTitle: request.integrationTitle,
      created: this.#clock.now(),
      isDeleted: false,
    });
  }

  /** The system of a Maskinporten client; a client belongs to one only. */
  systemOf(clientId: string): RegisteredSystem | undefined {
    return [...this.systems.values()].find((system) => system.clientId.includes(clientId));
  }

  /**
   * Maskinporten's query: the approved system user of an organisation, for a client. One created without a reference is
   * found without; every synthetic organisation except a few already has one.
   */
  userFor(clientId: string, organizationNumber: string, externalRef?: string): { id: string; systemId: string } | null {
    const system = this.systemOf(clientId);
    const found = [...this.users.values()].find(
      (user) =>
        !user.isDeleted &&
        user.systemId === system?.id &&
        user.reporteeOrgNo === organizationNumber &&
        user.externalRef === (externalRef ?? organizationNumber),
    );
    if (found) return found;
    if (externalRef !== undefined || !isSynthetic(organizationNumber) || WITHOUT_SYSTEM_USER.has(organizationNumber))
      return null;
    return { id: `00000000-0000-4000-8000-000${organizationNumber}`, systemId: system?.id ?? `313367002_${clientId}` };
  }
}
