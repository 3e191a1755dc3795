export interface StoredMail {
  uid: number;
  content: Buffer;
  /** The size that the server reports, which may differ from the real one. */
  size: number;
  isDeleted: boolean;
}

/** The folders of the one mailbox. */
export class MailStore {
  readonly folders = new Map<string, StoredMail[]>();
  #uid = 0;

  constructor() {
    this.clear();
  }

  clear(): void {
    this.folders.clear();
    this.folders.set('INBOX', []);
  }

  add(folder: string, content: Buffer, size = content.length): void {
    this.folders.get(folder)?.push({ uid: ++this.#uid, content, size, isDeleted: false });
  }

  copy(from: string, uids: ReadonlySet<number>, to: string): boolean {
    if (!this.folders.has(to)) return false;
    for (const mail of this.folders.get(from) ?? []) if (uids.has(mail.uid)) this.add(to, mail.content, mail.size);
    return true;
  }

  /** Their positions in the folder, the last one first. */
  remove(folder: string, isGone: (mail: StoredMail) => boolean): number[] {
    const mails = this.folders.get(folder) ?? [];
    const gone = mails.flatMap((mail, i) => (isGone(mail) ? [i + 1] : [])).reverse();
    for (const place of gone) mails.splice(place - 1, 1);
    return gone;
  }
}
