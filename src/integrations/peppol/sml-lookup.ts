import { promises as dns } from 'node:dns';
import { cnameName, naptrName } from './identifiers.ts';

/** The location of a participant's metadata; `none`: it is not registered; `unknown`: the lookup failed. */
export type SmlAnswer = { kind: 'smp'; url: string } | { kind: 'none' } | { kind: 'unknown'; reason: string };

export interface SmlOptions {
  /** Domain of the service metadata locator: `participant.sml.prod.tech.peppol.org`. */
  zone: string;
  /** `1.2.3.4` or `1.2.3.4:53`; undefined: the servers of the operating system. */
  server?: string | undefined;
  /** `cname`: the form before November 2025, plain http. */
  form: 'naptr' | 'cname';
  /** For the first attempt. */
  timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 1_500;
const TRIES = 2;
/** DNS errors that mean: there is no such record. Any other error means nothing. */
const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA']);
const SERVICE = 'meta:smp';

/** The service metadata locator of Peppol: finds the SMP of a participant by DNS. Never throws for faults of the network. */
export class SmlLookup {
  readonly #options: SmlOptions;

  constructor(options: SmlOptions) {
    this.#options = options;
  }

  async smpOf(participant: string): Promise<SmlAnswer> {
    const { server } = this.#options;
    const timeoutMs = Math.min(TIMEOUT_MS, this.#options.timeoutMs ?? TIMEOUT_MS);
    const resolver = new dns.Resolver({ timeout: timeoutMs, tries: TRIES });
    if (server) resolver.setServers([server]);
    // Each attempt takes twice as long as the one before, and a machine may have many servers.
    const end = setTimeout(() => resolver.cancel(), timeoutMs * 2 ** TRIES);
    try {
      return this.#options.form === 'naptr'
        ? await this.#byNaptr(resolver, participant)
        : await this.#byCname(resolver, participant);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      return NO_RECORD.has(code)
        ? { kind: 'none' }
        : { kind: 'unknown', reason: `DNS ${code === 'ECANCELLED' ? 'ETIMEOUT' : code}` };
    } finally {
      clearTimeout(end);
    }
  }

  async #byNaptr(resolver: dns.Resolver, participant: string): Promise<SmlAnswer> {
    const records = await resolver.resolveNaptr(naptrName(participant, this.#options.zone));
    const [first] = records
      .filter(({ flags, service }) => flags.toLowerCase() === 'u' && service.toLowerCase() === SERVICE)
      .sort((a, b) => a.order - b.order || a.preference - b.preference);
    if (!first) return { kind: 'none' };
    const url = addressIn(first.regexp);
    if (!url || !this.#mayAsk(url)) return { kind: 'unknown', reason: 'a record with an address that is not https' };
    return { kind: 'smp', url };
  }

  async #byCname(resolver: dns.Resolver, participant: string): Promise<SmlAnswer> {
    const name = cnameName(participant, this.#options.zone);
    const [host] = await resolver.resolveCname(name);
    return host ? { kind: 'smp', url: `http://${host}` } : { kind: 'none' };
  }

  /**
   * https to a named host on the default port. Plain http is allowed only to loopback, and only if its DNS server is on
   * loopback too.
   */
  #mayAsk(url: string): boolean {
    const { protocol, hostname, port, username, search } = new URL(url);
    if (username !== '' || search !== '') return false;
    if (protocol === 'https:') return port === '' && /[a-z]/.test(hostname) && !hostname.startsWith('[');
    return protocol === 'http:' && hostname === '127.0.0.1' && (this.#options.server ?? '').startsWith('127.0.0.1');
  }

  /** Whether an address that an SMP redirects to may be requested. */
  allows(url: string): boolean {
    return URL.canParse(url) && this.#mayAsk(url);
  }
}

/** `!.*!https://smp.example!`: the address that replaces the whole name (RFC 3403, 4.1), without a trailing slash. */
function addressIn(regexp: string): string | null {
  const mark = regexp.charAt(0);
  const [, pattern, url, flags, ...more] = regexp.split(mark);
  if (more.length > 0 || flags === undefined || (pattern !== '.*' && pattern !== '^.*$')) return null;
  return url && URL.canParse(url) ? url.replace(/\/$/, '') : null;
}
