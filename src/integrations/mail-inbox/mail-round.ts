import { createHash } from 'node:crypto';
import { type InTrayOwner, inTrayOwners, receiveInvoice } from '../../invoices/index.ts';
import { type Caller, SCOPES } from '../../platform/caller.ts';
import { AppError } from '../../platform/errors.ts';
import { sniffContentType } from '../../platform/files/content-type.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import { safeFileName } from '../../platform/http/content-disposition.ts';
import type { Platform } from '../../platform/operation.ts';
import { bookkeeperOf } from '../../tenancy/index.ts';
import { LARGEST_MAIL } from './imap-inbox.ts';
import type { MailPlace, MailSession, WaitingMail } from './mail-inbox.ts';
import { type MailFile, MailUnreadable, type ReadMail, readMail } from './read-mail.ts';

/** Mails of one round; the next round continues. */
const MOST_MAILS = 300;
/** Attachments of one mail that are taken in; no sender sends more invoices at once. */
const MOST_ATTACHMENTS = 30;
/** Client accounts that one mail may address. */
const MOST_RECEIVERS = 5;

export interface MailRound {
  taken: number;
  /** A person has to look at them, in the mailbox. */
  aside: number;
  /** They stay in place, and are tried in the next round. */
  left: number;
}

type WorkingPlatform = Platform & { files: FileStore };

/** Why a mail is moved aside. It is logged, but the contents of a mail never are. */
type Aside = 'too_large' | 'unreadable' | 'unknown_address' | 'no_invoice' | 'too_many' | 'nobody_to_book' | 'refused';

/** The outcome of a mail; null: it stays in place. */
type MailOutcome = { place: 'taken' } | { place: 'aside'; reason: Aside } | null;

/**
 * One round over the mailbox: the attachments of each mail are taken in for its addressees, and the mail is moved after the
 * commit. A mail that arrives again, or is found again after a crash, is recognised by its attachments. A failure of one
 * mail does not affect the others. Throws if the mailbox itself cannot be reached.
 */
export async function mailRound(platform: WorkingPlatform, signal: AbortSignal): Promise<MailRound> {
  const round: MailRound = { taken: 0, aside: 0, left: 0 };
  const { mailInbox, inTrayAddress } = platform.outside ?? {};
  if (!mailInbox || !inTrayAddress) return round;
  await mailInbox.open(signal, async (session) => {
    const waiting = await session.list(MOST_MAILS);
    if (waiting.length === 0) return;
    const owners = await inTrayOwners(platform.database, inTrayAddress);
    for (const mail of waiting) {
      signal.throwIfAborted();
      const place = await dealWith({ platform, session, owners }, mail);
      round[place ?? 'left']++;
    }
  });
  return round;
}

interface Work {
  platform: WorkingPlatform;
  session: MailSession;
  owners: ReadonlyMap<string, InTrayOwner>;
}

/** The destination of the mail; null: it stays. */
async function dealWith(work: Work, mail: WaitingMail): Promise<MailPlace | null> {
  const { log } = work.platform;
  const outcome = await outcomeOf(work, mail);
  if (outcome === null) return null;
  if (outcome.place === 'aside') log.warn({ ...mail, reason: outcome.reason }, 'mail put aside');
  await work.session.file(mail.uid, outcome.place);
  return outcome.place;
}

async function outcomeOf({ platform, session, owners }: Work, { uid, size }: WaitingMail): Promise<MailOutcome> {
  if (size > LARGEST_MAIL) return { place: 'aside', reason: 'too_large' };
  const source = await session.read(uid);
  if (source === null) return null;
  let mail: ReadMail;
  try {
    mail = readMail(source);
  } catch (error) {
    if (!(error instanceof MailUnreadable)) throw error;
    return { place: 'aside', reason: 'unreadable' };
  }
  const receivers = mail.recipients.flatMap((address) => owners.get(address) ?? []).slice(0, MOST_RECEIVERS);
  if (receivers.length === 0) return { place: 'aside', reason: 'unknown_address' };
  const invoices = mail.attachments.filter(mayBeInvoice);
  if (invoices.length === 0) return { place: 'aside', reason: 'no_invoice' };
  if (invoices.length > MOST_ATTACHMENTS) return { place: 'aside', reason: 'too_many' };
  let worst: MailOutcome = { place: 'taken' };
  for (const receiver of receivers)
    for (const outcome of await takeAll(platform, receiver, { mail, invoices, uid })) {
      if (outcome === null) return null;
      if (outcome.place === 'aside') worst = outcome;
    }
  return worst;
}

/**
 * A PDF, XML, or a picture that is not part of the letter itself. Decided by content: the sender's media type is unreliable.
 */
function mayBeInvoice({ name, content, isInline }: MailFile): boolean {
  const sniffed = sniffContentType(content.subarray(0, 4096), '');
  if (!('type' in sniffed)) return false;
  const { type } = sniffed;
  if (type === 'application/pdf' || type === 'application/xml') return true;
  if (type === 'text/plain') return /\.xml$/i.test(name);
  return type.startsWith('image/') && !isInline;
}

interface Mailed {
  mail: ReadMail;
  invoices: readonly MailFile[];
  uid: number;
}

async function takeAll(
  platform: WorkingPlatform,
  { clientAccountId, userId }: InTrayOwner,
  { mail, invoices, uid }: Mailed,
): Promise<MailOutcome[]> {
  const { database, clock, log } = platform;
  const caller = await bookkeeperOf(database, clientAccountId, {
    ...(userId === null ? {} : { first: userId }),
    scopes: SCOPES,
    now: clock.now(),
  });
  if (!caller) return [{ place: 'aside', reason: 'nobody_to_book' }];
  const outcomes: MailOutcome[] = [];
  for (const [i, attached] of invoices.entries())
    try {
      await takeIn(platform, { caller, clientAccountId, messageId: mail.messageId }, attached);
      outcomes.push({ place: 'taken' });
    } catch (error) {
      const facts = { uid, attachment: i + 1, client_account_id: clientAccountId };
      const isOurs = !(error instanceof AppError) || error.spec.status >= 500 || error.spec.status === 409;
      if (error instanceof AppError) log.warn({ ...facts, code: error.code }, 'mailed invoice not taken in');
      else log.error({ ...facts, err: error }, 'mailed invoice not taken in');
      // A busy database must not lose a mail; a file that can never be accepted is left to a person.
      outcomes.push(isOurs ? null : { place: 'aside', reason: 'refused' });
    }
  return outcomes;
}

interface For {
  caller: Caller;
  clientAccountId: number;
  messageId: string;
}

async function takeIn(
  platform: WorkingPlatform,
  { caller, clientAccountId, messageId }: For,
  { name, content }: MailFile,
): Promise<void> {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const file = await platform.files.stage(oneChunk(content));
  try {
    file.name = safeFileName(name === '' ? 'faktura' : name);
    await receiveInvoice.call(
      platform,
      { caller, clientAccountId },
      // Of both: the sender of a mail chooses its id.
      { file, channel: 'MAIL', instanceId: `${messageId} ${hash}`.trim() },
    );
  } finally {
    await file.discard();
  }
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
