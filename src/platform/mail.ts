import nodemailer, { type Transporter } from 'nodemailer';
import sql from 'sql-template-tag';
import type { Database, Transaction } from './database/pool.ts';
import type { Log } from './operation.ts';

export interface Mail {
  recipient: string;
  subject: string;
  text: string;
  html?: string;
  /** Reply-To, if not the sender. */
  replyTo?: string | null;
  attachments?: readonly MailAttachment[];
}

export interface MailAttachment {
  fileName: string;
  contentType: string;
  content: Uint8Array;
}

export interface MailSettings {
  /** smtp(s)://user:password@host:port. Without it mails stay in the outbox, where the start page shows them. */
  smtpUrl?: string;
  /** The sender; required with smtpUrl. */
  from?: string;
}

export interface OutboxMail {
  id: number;
  recipient: string;
  subject: string;
  text_body: string;
  created_at: Date;
  sent_at: Date | null;
  attempts: number;
  last_error: string | null;
}

/** Minutes until the next try after the first, second, ... failure; given up after the last (a day in all). */
const RETRY_MINUTES = [1, 5, 15, 60, 240, 1200];
/** Longer than nodemailer's limits together, so that no other node takes a mail that is still being sent. */
const LEASE_MINUTES = 5;

/**
 * Adds a mail to the outbox in the transaction of its cause: it is sent if and only if that commits. Returns its id.
 */
export async function queueMail(tx: Transaction, mail: Mail, invitationId: number | null = null): Promise<number> {
  const { id } = await tx.one<{ id: number }>(sql`
    insert into mail_outbox (recipient, subject, text_body, html_body, invitation_id, reply_to)
    values (${mail.recipient}, ${mail.subject}, ${mail.text}, ${mail.html ?? null}, ${invitationId}, ${mail.replyTo ?? null})
    returning id`);
  for (const [i, { fileName, contentType, content }] of (mail.attachments ?? []).entries())
    await tx.execute(sql`
      insert into mail_attachments (mail_id, position, file_name, content_type, content)
      values (${id}, ${i + 1}, ${fileName}, ${contentType}, ${Buffer.from(content)})`);
  return id;
}

/**
 * Delivers the outbox through an SMTP server, from any number of nodes; every mail at least once, by at most one node
 * at a time.
 */
export class MailDelivery {
  readonly #database: Database;
  readonly #log: Log;
  readonly #transport: Transporter | null;
  readonly #from: string | undefined;

  constructor(database: Database, log: Log, settings: MailSettings) {
    this.#database = database;
    this.#log = log;
    this.#from = settings.from;
    this.#transport = settings.smtpUrl
      ? nodemailer.createTransport(settings.smtpUrl, {
          connectionTimeout: 15_000,
          greetingTimeout: 15_000,
          socketTimeout: 30_000,
          disableFileAccess: true,
          disableUrlAccess: true,
        } as object)
      : null;
  }

  /** Whether there is a mail to send at `now`; always false without an SMTP server. */
  async isDue(now: Date): Promise<boolean> {
    if (!this.#transport) return false;
    const found = await this.#database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.maybe(sql`
        select 1 from mail_outbox
        where sent_at is null and next_attempt_at <= ${now} and attempts <= ${RETRY_MINUTES.length} limit 1`),
    );
    return found !== undefined;
  }

  close(): void {
    this.#transport?.close();
  }

  /** Sends the mails due at `now` and returns their number. */
  async deliver(now = new Date(), signal?: AbortSignal): Promise<number> {
    if (!this.#transport) return 0;
    let sent = 0;
    for (;;) {
      if (signal?.aborted) return sent;
      const mail = await this.#take(now);
      if (!mail) return sent;
      if (await this.#send(mail, now)) sent++;
    }
  }

  /** Takes one mail for some minutes: if this process ends, another one tries after that. */
  #take(now: Date): Promise<TakenMail | undefined> {
    const until = minutesAfter(now, LEASE_MINUTES);
    return this.#database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
      tx.maybe<TakenMail>(sql`
        update mail_outbox set next_attempt_at = ${until}, attempts = attempts + 1
        where id = (
          select id from mail_outbox
          where sent_at is null and next_attempt_at <= ${now} and attempts <= ${RETRY_MINUTES.length}
          order by id limit 1 for update skip locked)
        returning id, recipient, subject, text_body, html_body, reply_to, attempts`),
    );
  }

  async #send(mail: TakenMail, now: Date): Promise<boolean> {
    try {
      const attachments = await this.#attachmentsOf(mail);
      await this.#transport!.sendMail({
        from: this.#from,
        to: { name: '', address: mail.recipient },
        subject: mail.subject,
        text: mail.text_body,
        ...(mail.html_body ? { html: mail.html_body } : {}),
        ...(mail.reply_to ? { replyTo: { name: '', address: mail.reply_to } } : {}),
        attachments,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      await this.#failed(mail, now, error);
      return false;
    }
    await this.#database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
      // Links in a body are secrets, and a delivered mail no longer needs them.
      tx.execute(sql`
        update mail_outbox set sent_at = ${now}, last_error = null, text_body = '', html_body = null
        where id = ${mail.id}`),
    );
    return true;
  }

  async #attachmentsOf({ id }: TakenMail) {
    const rows = await this.#database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ file_name: string; content_type: string; content: Buffer }>(sql`
        select file_name, content_type, content from mail_attachments where mail_id = ${id} order by position`),
    );
    return rows.map(({ file_name, content_type, content }) => ({
      filename: file_name,
      contentType: content_type,
      content,
    }));
  }

  async #failed(mail: TakenMail, now: Date, error: unknown): Promise<void> {
    const minutes = RETRY_MINUTES[mail.attempts - 1];
    const message = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    await this.#database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
      tx.execute(sql`
        update mail_outbox set last_error = ${message}, next_attempt_at = ${minutesAfter(now, minutes ?? 0)}
        where id = ${mail.id}`),
    );
    this.#log.warn(
      { mail_id: mail.id, attempts: mail.attempts, error: message },
      minutes === undefined ? 'mail given up' : 'mail not delivered yet',
    );
  }
}

interface TakenMail {
  id: number;
  recipient: string;
  subject: string;
  text_body: string;
  html_body: string | null;
  reply_to: string | null;
  attempts: number;
}

function minutesAfter(time: Date, minutes: number): Date {
  return new Date(time.getTime() + minutes * 60_000);
}
