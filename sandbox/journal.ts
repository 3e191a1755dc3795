/** One thing that happened: a request, or what a stand-in noticed. Never credentials or bodies. */
export interface JournalEntry {
  party: string;
  method?: string;
  path?: string;
  query?: string;
  bodySha256?: string;
  fault?: string | null;
  note?: string;
}

const KEPT = 2_000;

/** What was really sent, for tests to look at. */
export class Journal {
  readonly entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.entries.push(entry);
    if (this.entries.length > KEPT) this.entries.splice(0, this.entries.length - KEPT);
  }

  /** The requests to a party, oldest first. */
  requests(party: string, path?: RegExp): JournalEntry[] {
    return this.entries.filter((one) => one.party === party && one.method && (!path || path.test(one.path ?? '')));
  }

  clear(): void {
    this.entries.length = 0;
  }
}
