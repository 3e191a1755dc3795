import { promises as dns } from 'node:dns';
import { cnameName, naptrName } from './identifiers.ts';

/** Where a participant's metadata are; `none`: it is not registered; `unknown`: nobody can tell now. */
export type SmlAnswer = { kind: 'smp'; url: string } | { kind: 'none' } | { kind: 'unknown'; reason: string };

export interface SmlOptions {
  /** Of the service metadata locator: `participant.sml.prod.tech.peppol.org`. */
  zone: string;
  /** `1.2.3.4` or `1.2.3.4:53`; undefined: the machine's own servers. */
  server?: string | undefined;
  /** `cname`: the form before November 2025, plain http. */
  form: 'naptr' | 'cname';
  /** For the first try. */
  timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 1_500;
const TRIES = 2;
/** Answers that say: there is no such record. Every other error says nothing. */
const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA']);
const SERVICE = 'meta:smp';

/** The service metadata locator of Peppol: which SMP has a participant, by DNS. Never throws for what the network does. */
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
    // Each try takes twice as long as the one before, and the servers of a machine may be many.
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

  /** https to a named host on its own port. Plain http stays on this machine, and only where its DNS server is here too. */
  #mayAsk(url: string): boolean {
    const { protocol, hostname, port, username, search } = new URL(url);
    if (username !== '' || search !== '') return false;
    if (protocol === 'https:') return port === '' && /[a-z]/.test(hostname) && !hostname.startsWith('[');
    return protocol === 'http:' && hostname === '127.0.0.1' && (this.#options.server ?? '').startsWith('127.0.0.1');
  }

  /** Whether an address that an SMP leads to may be asked. */
  allows(url: string): boolean {
    return URL.canParse(url) && this.#mayAsk(url);
  }
}

/** `!.*!https://smp.example!`: the address that replaces the whole name (RFC 3403, 4.1), without a slash at its end. */
function addressIn(regexp: string): string | null {
  const mark = regexp.charAt(0);
  const [, pattern, url, flags, ...more] = regexp.split(mark);
  if (more.length > 0 || flags === undefined || (pattern !== '.*' && pattern !== '^.*$')) return null;
  return url && URL.canParse(url) ? url.replace(/\/$/, '') : null;
}
