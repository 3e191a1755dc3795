import { createHash } from 'node:crypto';
import type { Client, SFTPWrapper, Stats } from 'ssh2';
import { trimEndOf } from '../../kernel/trim.ts';
import { AppError } from '../../platform/errors.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { mailboxErrors } from './errors.ts';
import { type Mailbox, type MailboxFile, type MailboxSession, SendFailed } from './mailbox.ts';

export interface SftpOptions {
  service: string;
  host: string;
  port: number;
  username: string;
  /** Private key, PEM or OpenSSH. */
  privateKey: string;
  /**
   * Host keys of the server, as `ssh-keygen -l` prints them: `SHA256:…`. Any of them is accepted; a server with another
   * key gets no data.
   */
  hostKeys: readonly string[];
  /** The folder on the server with `out` (to us) and `in` (from us), without a trailing slash. */
  folder: string;
  /** Limit for each request, and for each piece of a file. */
  timeoutMs?: number;
}

/** SSH_FX_NO_SUCH_FILE */
const NO_SUCH_FILE = 2;
/** Files that the other side is still writing, by the usual names of unfinished transfers. */
const UNFINISHED = /^\.|\.(?:tmp|part|filepart|writing)$/i;

/** A mailbox over SFTP: files stay in `out` until they are removed; orders are put into `in` under a unique name. */
export class SftpMailbox implements Mailbox {
  readonly provider = 'tietoevry';
  readonly service: string;
  readonly #options: Required<SftpOptions>;

  constructor(options: SftpOptions) {
    this.#options = { timeoutMs: 20_000, ...options };
    this.service = options.service;
  }

  async open<T>(work: (session: MailboxSession) => Promise<T>): Promise<T> {
    // Loaded on demand: most installations have no such mailbox, and the library takes 16 MB of memory.
    const ssh = await import('ssh2');
    const client = new ssh.default.Client();
    // An error after the response is not a failure.
    client.on('error', () => {});
    try {
      const sftp = await this.#connect(client);
      return await work(new SftpSession(sftp, this.#options));
    } finally {
      client.end();
      client.destroy();
    }
  }

  #connect(client: Client): Promise<SFTPWrapper> {
    const { host, port, username, privateKey, hostKeys, timeoutMs, service } = this.#options;
    let isOtherKey = false;
    const ready = new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
      client.once('close', () => reject(new Error('the connection was closed')));
      client.connect({
        host,
        port,
        username,
        privateKey,
        readyTimeout: timeoutMs,
        hostVerifier: (key: Buffer) => {
          const fingerprint = `SHA256:${trimEndOf(createHash('sha256').update(key).digest('base64'), '=')}`;
          isOtherKey = !hostKeys.includes(fingerprint);
          return !isOtherKey;
        },
      });
    });
    return withTimeout(ready, timeoutMs, service)
      .then(() => called<SFTPWrapper>((done) => client.sftp(done), timeoutMs, service))
      .catch((error: unknown) => {
        if (error instanceof AppError) throw error;
        if (isOtherKey) throw mailboxErrors.wrong_host_key({ service });
        if ((error as { level?: string }).level === 'client-authentication')
          throw outboundErrors.credentials_refused({ service });
        if ((error as { level?: string }).level === 'client-timeout') throw outboundErrors.too_slow({ service });
        throw outboundErrors.unavailable({ service });
      });
  }
}

class SftpSession implements MailboxSession {
  readonly #sftp: SFTPWrapper;
  readonly #options: Required<SftpOptions>;

  constructor(sftp: SFTPWrapper, options: Required<SftpOptions>) {
    this.#sftp = sftp;
    this.#options = options;
  }

  async list(most: number): Promise<MailboxFile[]> {
    const entries = await this.#call<{ filename: string; attrs: Stats }[]>((done) =>
      this.#sftp.readdir(`${this.#options.folder}/out`, done),
    );
    return entries
      .filter(({ filename, attrs }) => attrs.isFile() && !UNFINISHED.test(filename) && filename.length <= 255)
      .sort((a, b) => a.attrs.mtime - b.attrs.mtime || (a.filename < b.filename ? -1 : 1))
      .slice(0, most)
      .map(({ filename, attrs: { size, mtime } }) => ({
        name: filename,
        size,
        version: `${size} ${mtime}`,
        modifiedAt: new Date(mtime * 1000),
        sha256: null,
      }));
  }

  async *read({ name }: MailboxFile): AsyncGenerator<Buffer> {
    const { service, timeoutMs } = this.#options;
    const stream = this.#sftp.createReadStream(this.#out(name), { highWaterMark: 64 * 1024 });
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        const next = await withTimeout(pieces.next(), timeoutMs, service);
        if (next.done) return;
        yield next.value;
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      stream.destroy();
    }
  }

  async acknowledge({ name }: MailboxFile): Promise<void> {
    try {
      await this.#call<void>((done) => this.#sftp.unlink(this.#out(name), done));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async send(messageId: string, content: string | Buffer, extension: 'xml' | 'txt' = 'xml'): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const path = `${this.#options.folder}/in/${messageId}.${extension}`;
    try {
      const there = await this.#call<Stats | null>((done) =>
        this.#sftp.stat(path, (error, stats) =>
          error && isNoSuchFile(error) ? done(undefined, null) : done(error, stats),
        ),
      );
      // Delivered before, when the response was lost, and not yet fetched by the bank.
      if (there?.size === bytes.length) return;
      await this.#call<void>((done) => this.#sftp.writeFile(`${path}.part`, bytes, done));
    } catch (error) {
      // The bank accepts no file under that name.
      throw new SendFailed(true, error);
    }
    try {
      await this.#call<void>((done) => this.#sftp.rename(`${path}.part`, path, done));
    } catch (error) {
      throw new SendFailed(false, error);
    }
  }

  #out(name: string): string {
    return `${this.#options.folder}/out/${name}`;
  }

  async #call<T>(start: (done: Done<T>) => unknown): Promise<T> {
    const { timeoutMs, service } = this.#options;
    try {
      return await called(start, timeoutMs, service);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): AppError {
    if (error instanceof AppError) return error;
    const { service } = this.#options;
    const code = (error as { code?: unknown }).code;
    if (code === NO_SUCH_FILE) return outboundErrors.contract_broken({ service, reason: 'no such file' });
    return typeof code === 'number'
      ? outboundErrors.contract_broken({ service, reason: `sftp status ${code}` })
      : outboundErrors.unavailable({ service });
  }
}

function isNoSuchFile(error: Error): boolean {
  return (error as { code?: unknown }).code === NO_SUCH_FILE;
}

function isGone(error: unknown): boolean {
  return error instanceof AppError && error.facts['reason'] === 'no such file';
}

type Done<T> = (error: Error | null | undefined, value?: T) => void;

function called<T>(start: (done: Done<T>) => unknown, timeoutMs: number, service: string): Promise<T> {
  const answer = new Promise<T>((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });
  return withTimeout(answer, timeoutMs, service);
}

async function withTimeout<T>(promise: Promise<T>, ms: number, service: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(outboundErrors.too_slow({ service })), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
