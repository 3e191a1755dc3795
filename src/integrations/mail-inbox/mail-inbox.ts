/** A mail that waits in the mailbox. */
export interface WaitingMail {
  uid: number;
  /** In bytes, as the mailbox tells. */
  size: number;
}

/** Where a mail goes once it is dealt with: its invoices are kept here, or somebody has to look at it. */
export type MailPlace = 'taken' | 'aside';

/** A mailbox that is open. Every call ends within its time; what fails is an error of `outbound`. */
export interface MailSession {
  /** Oldest first, at most `most`. */
  list(most: number): Promise<WaitingMail[]>;
  /** The mail as it came; null where it is gone. It stays unread. */
  read(uid: number): Promise<Buffer | null>;
  /** Moves it out of what waits. Of a mail that is gone: nothing. */
  file(uid: number, place: MailPlace): Promise<void>;
}

/** The one mailbox of the installation that invoices are sent to. */
export interface MailInbox {
  /** Opens it, and closes it after the work; at once when the signal says so. */
  open<T>(signal: AbortSignal, work: (session: MailSession) => Promise<T>): Promise<T>;
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    mailInbox: MailInbox;
  }
}
