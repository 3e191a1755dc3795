import type { ImapFlow } from 'imapflow';
import { AppError } from '../../platform/errors.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { MailInbox, MailPlace, MailSession, WaitingMail } from './mail-inbox.ts';

export const MAIL_SERVICE = 'IMAP';

/** The largest mail that is fetched, in bytes; larger ones are moved aside unread. */
export const LARGEST_MAIL = 35_000_000;

/** Folders beside the inbox, as people see them in their mail program. */
const FOLDERS: Record<MailPlace, string> = { taken: 'Mottatt', aside: 'Til side' };

/** Limit of memory for one response without a mail in it. */
const LONGEST_LINE = 5_000_000;
const MOST_TOKENS = 200_000;

interface ImapOptions {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS, which is required from every server except one on loopback. */
  isTls: boolean;
  user: string;
  password: string;
  folder: string;
  /** Limit for connecting and for each silence; a whole call may take three times as long. */
  timeoutMs?: number;
}

/**
 * A mailbox over IMAP4rev1 (RFC 3501): the mails in one folder are pending; moving one to another folder completes it (RFC
 * 6851).
 */
export class ImapInbox implements MailInbox {
  readonly #options: Required<ImapOptions>;

  constructor(options: ImapOptions) {
    this.#options = { timeoutMs: 30_000, ...options };
  }

  async open<T>(signal: AbortSignal, work: (session: MailSession) => Promise<T>): Promise<T> {
    const { host, port, isTls, user, password: pass, folder, timeoutMs } = this.#options;
    // Loaded on demand: most installations have no such mailbox.
    const imap = await import('imapflow');
    const client = new imap.ImapFlow({
      host,
      port,
      secure: isTls,
      ...(isTls ? {} : { doSTARTTLS: !isThisMachine(host) }),
      auth: { user, pass },
      logger: false,
      disableAutoIdle: true,
      disableCompression: true,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      maxLineLength: LONGEST_LINE,
      maxLiteralSize: LARGEST_MAIL,
      maxResponseSize: LARGEST_MAIL + LONGEST_LINE,
      maxResponseTokens: MOST_TOKENS,
    });
    const session = new ImapSession(client, timeoutMs * 3);
    const end = () => client.close();
    signal.addEventListener('abort', end);
    try {
      signal.throwIfAborted();
      await session.begin(folder);
      const result = await work(session);
      await session.end();
      return result;
    } finally {
      signal.removeEventListener('abort', end);
      client.close();
    }
  }
}

function isThisMachine(host: string): boolean {
  return ['localhost', '127.0.0.1', '::1'].includes(host);
}

class ImapSession implements MailSession {
  readonly #client: ImapFlow;
  readonly #callMs: number;
  readonly #paths: Partial<Record<MailPlace, string>> = {};
  /** The reason why the connection ended. */
  #broken: unknown;

  constructor(client: ImapFlow, callMs: number) {
    this.#client = client;
    this.#callMs = callMs;
    // The call that fails with it reports only that there is no connection any more.
    client.on('error', (error) => (this.#broken ??= error));
  }

  async begin(folder: string): Promise<void> {
    await this.#call(() => this.#client.connect());
    await this.#call(() => this.#client.mailboxOpen(folder));
  }

  async end(): Promise<void> {
    // All work is done; errors while logging out are irrelevant.
    await this.#call(() => this.#client.logout()).catch(() => {});
  }

  async list(most: number): Promise<WaitingMail[]> {
    const found = await this.#call(() => this.#client.search({ deleted: false }, { uid: true }));
    if (!found) throw broken('no answer to SEARCH');
    const uids = found.toSorted((a, b) => a - b).slice(0, most);
    if (uids.length === 0) return [];
    const mails = await this.#call(() =>
      this.#client.fetchAll(uids.join(','), { uid: true, size: true }, { uid: true }),
    );
    const wanted = new Set(uids);
    return mails
      .filter(({ uid }) => wanted.delete(uid))
      .map(({ uid, size }) => ({ uid, size: size ?? 0 }))
      .sort((a, b) => a.uid - b.uid);
  }

  async read(uid: number): Promise<Buffer | null> {
    const mail = await this.#call(() => this.#client.fetchOne(String(uid), { source: true }, { uid: true }));
    if (!mail) return null;
    if (!mail.source) throw broken('a mail without its source');
    return mail.source;
  }

  async file(uid: number, place: MailPlace): Promise<void> {
    // Created once a session, and only when a mail has to be moved into it.
    this.#paths[place] ??= (await this.#call(() => this.#client.mailboxCreate(FOLDERS[place]))).path;
    const moved = await this.#call(() => this.#client.messageMove(String(uid), this.#paths[place]!, { uid: true }));
    if (!moved) throw broken('a mail could not be moved');
  }

  /** Ends within its limit, also if the server sends a byte now and then. */
  async #call<T>(start: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(outboundErrors.too_slow({ service: MAIL_SERVICE })), this.#callMs);
    });
    try {
      const answer = await Promise.race([start(), late]);
      // Some calls return nothing when the connection is gone.
      if (answer === false && !this.#client.usable) throw gone();
      return answer;
    } catch (error) {
      throw failure(this.#broken ?? error);
    } finally {
      clearTimeout(timer);
    }
  }
}

const gone = () => outboundErrors.unavailable({ service: MAIL_SERVICE });
const broken = (reason: string) => outboundErrors.contract_broken({ service: MAIL_SERVICE, reason });

const SLOW = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT', 'ETIMEOUT']);
const BROKEN =
  /TooLarge$|^TooMany|^ParserError|^MAX_IMAP_NESTING|^UnexpectedTag$|^MissingTag$|^InvalidResponse$|^ResponseProcessingFailed$|^STARTTLS_INJECTION$/;

/** Maps the codes of imapflow. Its messages may quote the server, so none of them is passed on. */
function failure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const service = MAIL_SERVICE;
  const { code, serverResponseCode, authenticationFailed, responseStatus } = error as {
    code?: string;
    serverResponseCode?: string;
    authenticationFailed?: boolean;
    responseStatus?: string;
  };
  // RFC 5530: temporary, whatever the command was.
  if (serverResponseCode === 'UNAVAILABLE') return gone();
  if (authenticationFailed) return outboundErrors.credentials_refused({ service });
  if (code && SLOW.has(code)) return outboundErrors.too_slow({ service });
  if (responseStatus === 'NO' || responseStatus === 'BAD') return broken(responseStatus);
  return code && BROKEN.test(code) ? broken(code) : gone();
}
