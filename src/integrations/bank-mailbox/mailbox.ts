/** A file that a bank has laid down for us. */
export interface MailboxFile {
  name: string;
  size: number;
  /** Changes when the file does: size and time, or the mailbox's own id. */
  version: string;
  /** Null where the mailbox does not tell. */
  modifiedAt: Date | null;
  /** Of its content, where the mailbox tells: then it lists whole files only. */
  sha256: string | null;
}

/** A mailbox that is open. Every call ends within its time; what fails is an error of `outbound`. */
export interface MailboxSession {
  /** Oldest first, at most `most`. */
  list(most: number): Promise<MailboxFile[]>;
  /** The content as it is now. */
  read(file: MailboxFile): AsyncIterable<Buffer>;
  /** Tells the mailbox that we have it: it is not listed any more. Told twice does no harm. */
  acknowledge(file: MailboxFile): Promise<void>;
  /**
   * Lays down a payment order (XML), or a file of AvtaleGiro claims (`txt`, ISO-8859-1), whole or not at all. The same message
   * sent again is the same message: by its name here, by its id at the bank. Throws SendFailed.
   */
  send(messageId: string, content: string | Buffer, extension?: 'xml' | 'txt'): Promise<void>;
}

/** The mailbox of a provider, with files of and for all of its banks. */
export interface Mailbox {
  provider: 'tietoevry' | 'zdata';
  /** As people know it. */
  service: string;
  /** Opens it, and closes it after the work. */
  open<T>(work: (session: MailboxSession) => Promise<T>): Promise<T>;
}

/** A message did not arrive, or nobody knows whether it did. */
export class SendFailed extends Error {
  override name = 'SendFailed';
  /** Nothing of it reached the bank. */
  readonly isCertain: boolean;
  constructor(isCertain: boolean, cause: unknown) {
    super('the message could not be sent', { cause });
    this.isCertain = isCertain;
  }
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    bankMailboxes: readonly Mailbox[];
    /** Customer unit id (kundeenhet-ID) that files to the operator of AvtaleGiro are sent under: eight digits. */
    avtaleGiroSender: string;
  }
}
