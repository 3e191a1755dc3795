/** A pending mail in the mailbox. */
export interface WaitingMail {
  uid: number;
  /** In bytes, as the mailbox reports it. */
  size: number;
}

/** Destination of a mail after it was handled: its invoices are kept here, or a person has to look at it. */
export type MailPlace = 'taken' | 'aside';

/** An open mailbox. Every call ends within its limit; a failure is an error of `outbound`. */
export interface MailSession {
  /** Oldest first, at most `most`. */
  list(most: number): Promise<WaitingMail[]>;
  /** The mail as it was received; null if it is gone. It stays unread. */
  read(uid: number): Promise<Buffer | null>;
  /** Moves the mail out of the pending ones. Does nothing for a mail that is gone. */
  file(uid: number, place: MailPlace): Promise<void>;
}

/** The one mailbox of the installation that invoices are sent to. */
export interface MailInbox {
  /** Opens it, and closes it after the work, or immediately when the signal aborts. */
  open<T>(signal: AbortSignal, work: (session: MailSession) => Promise<T>): Promise<T>;
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    mailInbox: MailInbox;
  }
}
