/** A file that a bank has delivered to us. */
export interface MailboxFile {
  name: string;
  size: number;
  /** Changes when the file changes: size and time, or the mailbox's own id. */
  version: string;
  /** Null if the mailbox does not give it. */
  modifiedAt: Date | null;
  /** Of its content, if the mailbox gives it: then it lists complete files only. */
  sha256: string | null;
}

/** An open mailbox. Every call has a time limit; a failure is an error of `outbound`. */
export interface MailboxSession {
  /** Oldest first, at most `most`. */
  list(most: number): Promise<MailboxFile[]>;
  /** The current content. */
  read(file: MailboxFile): AsyncIterable<Buffer>;
  /** Confirms to the mailbox that we have the file: it is no longer listed. Repeating is harmless. */
  acknowledge(file: MailboxFile): Promise<void>;
  /**
   * Delivers a payment order (XML), or a file of AvtaleGiro claims (`txt`, ISO-8859-1), completely or not at all. A
   * repeated message is recognised: by its name here, by its id at the bank. Throws SendFailed.
   */
  send(messageId: string, content: string | Buffer, extension?: 'xml' | 'txt'): Promise<void>;
}

/** The mailbox of a provider, with files from and to all of its banks. */
export interface Mailbox {
  provider: 'tietoevry' | 'zdata';
  /** The public name of the service. */
  service: string;
  /** Opens it, and closes it after the work. */
  open<T>(work: (session: MailboxSession) => Promise<T>): Promise<T>;
}

/** A message did not arrive, or it is unknown whether it did. */
export class SendFailed extends Error {
  override name = 'SendFailed';
  /** Certainly nothing reached the bank. */
  readonly isCertain: boolean;
  constructor(isCertain: boolean, cause: unknown) {
    super('the message could not be sent', { cause });
    this.isCertain = isCertain;
  }
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    bankMailboxes: readonly Mailbox[];
    /** Customer unit id (kundeenhet-ID) of the sender of files to the operator of AvtaleGiro: eight digits. */
    avtaleGiroSender: string;
  }
}
