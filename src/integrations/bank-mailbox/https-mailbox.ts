import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import type { OutboundMessage } from '../../platform/outbound/outbound-message.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { jsonObject } from '../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import { mailboxErrors } from './errors.ts';
import { type Mailbox, type MailboxFile, type MailboxSession, SendFailed } from './mailbox.ts';

export interface HttpsOptions {
  service: string;
  /** Without a trailing slash. */
  url: string;
  clientId: string;
  clientSecret: string;
}

const LARGEST_FILE = 50_000_000;
/** Page size of a list. */
const PAGE = 500;

/**
 * A mailbox over HTTPS: files are listed until they are marked as transferred; orders are uploaded under their message
 * id, so that a repeated one is recognised. Tokens by client credentials (RFC 6749, 4.4), used until shortly before
 * they expire.
 */
export class HttpsMailbox implements Mailbox {
  readonly provider = 'zdata';
  readonly service: string;
  readonly #options: HttpsOptions;
  readonly #party: OutboundParty;
  readonly #clock: Clock;
  #token: { value: string; until: number } | null = null;

  constructor(options: HttpsOptions, { outbound, clock }: { outbound: Outbound; clock: Clock }) {
    this.#options = options;
    this.service = options.service;
    this.#clock = clock;
    this.#party = outbound.party({
      service: options.service,
      atOnce: 4,
      timeoutMs: 30_000,
      totalMs: 90_000,
      maxBytes: LARGEST_FILE,
    });
  }

  open<T>(work: (session: MailboxSession) => Promise<T>): Promise<T> {
    return work(this.#session);
  }

  readonly #session: MailboxSession = {
    list: (most) => this.#list(most),
    read: (file) => this.#read(file),
    acknowledge: (file) => this.#acknowledge(file),
    send: (messageId, content, extension) => this.#send(messageId, content, extension),
  };

  async #list(most: number): Promise<MailboxFile[]> {
    const files: MailboxFile[] = [];
    while (files.length < most) {
      const query = `state=0&skip=${files.length}&take=${Math.min(PAGE, most - files.length)}`;
      const answer = await this.#ask('files.list', { method: 'GET', path: `/api/v3/mailbox/files?${query}` });
      const items = this.#items(answer);
      files.push(...items);
      if (items.length < PAGE) break;
    }
    return files;
  }

  #items(answer: OutboundAnswer): MailboxFile[] {
    const { service } = this;
    if (answer.status !== 200) throw outboundErrors.contract_broken({ service, reason: `status ${answer.status}` });
    const { items } = jsonObject(service, answer);
    if (!Array.isArray(items)) throw outboundErrors.contract_broken({ service, reason: 'items' });
    return items.map((item: unknown): MailboxFile => {
      const { id, name, size, sha256, createdAt } = (item ?? {}) as Record<string, unknown>;
      const isWhole =
        typeof id === 'string' &&
        /^[\w.-]{1,200}$/.test(id) &&
        Number.isSafeInteger(size) &&
        typeof sha256 === 'string' &&
        /^[0-9a-f]{64}$/.test(sha256);
      if (!isWhole) throw outboundErrors.contract_broken({ service, reason: 'items' });
      const created = typeof createdAt === 'string' ? new Date(createdAt) : null;
      return {
        // The id alone is used in requests; users see the name.
        name: typeof name === 'string' && name !== '' && name !== id ? `${id} ${name}`.slice(0, 255) : id,
        size: size as number,
        version: sha256,
        modifiedAt: created !== null && !Number.isNaN(created.getTime()) ? created : null,
        sha256,
      };
    });
  }

  async *#read({ name, sha256 }: MailboxFile): AsyncGenerator<Buffer> {
    const { service } = this;
    const path = `/api/v3/mailbox/files/${idOf(name)}/content`;
    const answer = await this.#ask('files.content', { method: 'GET', path });
    if (answer.status !== 200) throw outboundErrors.contract_broken({ service, reason: `status ${answer.status}` });
    if (sha256 !== null && createHash('sha256').update(answer.body).digest('hex') !== sha256)
      throw mailboxErrors.other_content({ service });
    yield answer.body;
  }

  async #acknowledge({ name }: MailboxFile): Promise<void> {
    const { service } = this;
    const path = `/api/v3/mailbox/files/${idOf(name)}/state`;
    const answer = await this.#ask('files.state', { method: 'PUT', path, body: JSON.stringify({ state: 1 }) });
    // A file that is gone counts as acknowledged.
    if (![200, 204, 404].includes(answer.status))
      throw outboundErrors.contract_broken({ service, reason: `status ${answer.status}` });
  }

  async #send(messageId: string, content: string | Buffer, extension: 'xml' | 'txt' = 'xml'): Promise<void> {
    const { service } = this;
    let answer: OutboundAnswer;
    try {
      answer = await this.#ask('payments.put', {
        method: 'PUT',
        path: `/api/v3/mailbox/payments/${encodeURIComponent(messageId)}`,
        body: content,
        type: extension === 'xml' ? 'application/xml' : 'text/plain; charset=iso-8859-1',
      });
    } catch (error) {
      throw new SendFailed(false, error);
    }
    // 409: it already has the message.
    if ([200, 201, 202, 204, 409].includes(answer.status)) return;
    throw new SendFailed(true, outboundErrors.contract_broken({ service, reason: `status ${answer.status}` }));
  }

  async #ask(
    call: string,
    {
      method,
      path,
      body,
      type = 'application/json',
    }: { method: 'GET' | 'PUT'; path: string; body?: string | Buffer; type?: string },
  ): Promise<OutboundAnswer> {
    // Before taking a slot: a call that waits for a token must not block the call that fetches it.
    let token = await this.#accessToken();
    const message = (): OutboundMessage => ({
      method,
      url: `${this.#options.url}${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        accept: method === 'GET' ? 'application/json, application/xml, */*' : 'application/json',
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const answer = await this.#party.send({ call, message });
    if (answer.status !== 401) return answer;
    // It expired early: retry once with a new one.
    if (this.#token?.value === token) this.#token = null;
    token = await this.#accessToken();
    const again = await this.#party.send({ call, message });
    if (again.status === 401) throw outboundErrors.credentials_refused({ service: this.service });
    return again;
  }

  async #accessToken(): Promise<string> {
    const now = this.#clock.now().getTime();
    if (this.#token && this.#token.until > now) return this.#token.value;
    const { clientId, clientSecret, url } = this.#options;
    const { service } = this;
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'bankservice' });
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
    const answer = await this.#party.send({
      call: 'token',
      repeatable: true,
      message: () => ({
        method: 'POST',
        url: `${url}/connect/token`,
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      }),
    });
    if (answer.status === 400 || answer.status === 401) throw outboundErrors.credentials_refused({ service });
    if (answer.status !== 200) throw outboundErrors.contract_broken({ service, reason: `status ${answer.status}` });
    const { access_token: value, expires_in: seconds } = jsonObject(service, answer);
    if (typeof value !== 'string' || value === '' || typeof seconds !== 'number' || seconds <= 0)
      throw outboundErrors.contract_broken({ service, reason: 'access_token' });
    this.#token = { value, until: now + Math.max(seconds - Math.min(30, seconds * 0.2), 0) * 1000 };
    return value;
  }
}

function idOf(name: string): string {
  return encodeURIComponent(name.split(' ')[0]!);
}
