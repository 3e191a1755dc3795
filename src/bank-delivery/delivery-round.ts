import type { Mailbox, MailboxFile, MailboxSession } from '../integrations/index.ts';
import { followClaims, openClaimsAmong } from '../consumer-invoicing/index.ts';
import { followPayments, livePaymentsAmong } from '../payments/index.ts';
import { AppError } from '../platform/errors.ts';
import type { FileStore } from '../platform/files/file-store.ts';
import type { Platform } from '../platform/operation.ts';
import { DeliveryAddresses } from './delivery-addresses.ts';
import { fileProblem, PROBLEMS } from './errors.ts';
import { deliverFile, type DeliveryWork, type FileOutcome } from './file-delivery.ts';
import {
  type FileRecord,
  type HeldFile,
  heldFiles,
  noteAcknowledged,
  noteHeld,
  noteHeldAgain,
  noteListed,
  notePostponed,
  noteTaken,
} from './mailbox-files.ts';

export interface RoundResult {
  listed: number;
  taken: number;
  held: number;
  postponed: number;
  acknowledged: number;
}

/** Files examined in one round; the next round continues. */
const MOST_FILES = 5_000;
/** Files in transfer at a time: a hanging one occupies one place, and the others proceed. */
const AT_ONCE = 6;
/** A file that has not changed for this long is complete. */
const QUIET_MS = 60_000;
const LARGEST_FILE = 500_000_000;
/** Limit for one file in total. */
const FILE_MS = 10 * 60_000;
/** Acknowledgements that are recorded in one transaction. */
const ACKNOWLEDGED_AT_ONCE = 100;
/** Client accounts queried in one transaction. */
const FOLLOWED_TOGETHER = 500;

/**
 * One round over a mailbox: files that are complete and not imported yet are fetched, imported, and acknowledged after the
 * commit. A failure of one file does not affect the others. Rounds may be repeated and interrupted at any point, with the
 * same final result. Throws if the mailbox itself cannot be reached.
 */
export async function deliveryRound(
  platform: Platform & { files: FileStore },
  mailbox: Mailbox,
  signal: AbortSignal,
): Promise<RoundResult> {
  const { database, clock } = platform;
  const { provider } = mailbox;
  const addresses = await DeliveryAddresses.read(database, provider);
  const work: DeliveryWork = { platform, mailbox: provider, addresses, signal };
  const result: RoundResult = { listed: 0, taken: 0, held: 0, postponed: 0, acknowledged: 0 };
  const touched = new Set<number>();
  let takings: Takings | undefined;
  try {
    await mailbox.open(async (session) => {
      const listed = await session.list(MOST_FILES);
      result.listed = listed.length;
      const known = await noteListed(database, provider, listed, clock.now());
      const taken = (takings = new Takings(work, session, result));
      await eachAtOnce(listed, async (file) => {
        signal.throwIfAborted();
        const record = known.get(file.name);
        if (!record) return;
        if (record.state === 'waiting') {
          if (!isDue(record, file, clock.now())) {
            result.postponed++;
            return;
          }
          const outcome = await takeFile(work, session, file, record);
          result[outcome.kind]++;
          if (outcome.kind === 'postponed') return;
          for (const id of outcome.clientAccounts) touched.add(id);
          await taken.add(file, { isNew: outcome.kind === 'taken' });
        } else await taken.add(file, { isNew: false });
      });
      await taken.acknowledgeFiles();
    });
    await takeHeld(work, touched);
  } finally {
    // Also when the mailbox broke off: files that were imported stay imported.
    await takings?.note().catch((error: unknown) => platform.log.warn({ err: error }, 'bank files not noted'));
    await follow(platform, [...touched]);
  }
  return result;
}

/** Complete, and due for an attempt. A mailbox that reports the hash of its files lists complete ones only. */
function isDue({ first_seen_at, next_attempt_at }: FileRecord, file: MailboxFile, now: Date): boolean {
  if (next_attempt_at !== null && next_attempt_at > now) return false;
  if (file.sha256 !== null) return true;
  const since = Math.min(first_seen_at.getTime(), file.modifiedAt?.getTime() ?? Infinity);
  return now.getTime() - since >= QUIET_MS;
}

/** Fetches and imports one file. A failure is recorded and does not affect the other files. */
async function takeFile(
  work: DeliveryWork,
  session: MailboxSession,
  file: MailboxFile,
  record: FileRecord,
): Promise<FileOutcome> {
  const { platform, mailbox } = work;
  const { database, clock, log, files } = platform;
  let outcome: FileOutcome;
  let sha256 = '';
  try {
    const signal = AbortSignal.any([work.signal, AbortSignal.timeout(FILE_MS)]);
    const staged = await files.stage(checked(session.read(file), signal), LARGEST_FILE);
    staged.name = nameOf(file.name);
    sha256 = staged.sha256;
    try {
      outcome =
        staged.size === file.size
          ? await deliverFile({ ...work, signal }, staged)
          : { kind: 'postponed', problem: fileProblem('growing') };
    } finally {
      await staged.discard();
    }
  } catch (error) {
    if (work.signal.aborted) throw error;
    const problem =
      error instanceof AppError
        ? { code: error.code, nb: error.sentence('nb'), en: error.sentence('en') }
        : { code: 'failed', ...PROBLEMS.failed };
    log.error({ err: error, mailbox, file: logged(file.name) }, 'bank file not taken in');
    outcome = { kind: 'postponed', problem };
  }
  const now = clock.now();
  if (outcome.kind === 'held') {
    await noteHeld(database, mailbox, file, { ...outcome, sha256, now });
    log.warn(
      { mailbox, file: logged(file.name), accounts: outcome.accounts.map(masked), problem: outcome.problem.code },
      'bank file kept for accounts that nobody has',
    );
  } else if (outcome.kind === 'postponed') {
    await notePostponed(database, mailbox, record, outcome.problem, now);
    if (record.attempts === 3)
      log.warn({ mailbox, file: logged(file.name), problem: outcome.problem.code }, 'bank file fails');
  }
  return outcome;
}

async function* checked(pieces: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}

/** For a mailbox that prefixes the name with its id. */
function nameOf(name: string): string {
  return name.includes(' ') ? name.slice(name.indexOf(' ') + 1) : name;
}

/** Enough to find the file, too little to use it. */
function masked(account: string): string {
  return account.length < 8 ? account : `${account.slice(0, 4)}…${account.slice(-2)}`;
}

/** Banks name files after account numbers. */
function logged(name: string): string {
  return name.replace(/\d{11}/g, masked);
}

/** A notice that fails now is sent in the next round: the file is recorded. */
async function acknowledge(
  { platform, mailbox }: DeliveryWork,
  session: MailboxSession,
  file: MailboxFile,
): Promise<boolean> {
  try {
    await session.acknowledge(file);
    return true;
  } catch (error) {
    platform.log.warn({ err: error, mailbox, file: logged(file.name) }, 'bank file not acknowledged');
    return false;
  }
}

/** Files to be recorded and acknowledged together. A file whose record was lost is imported again, without any change. */
class Takings {
  readonly #work: DeliveryWork;
  readonly #session: MailboxSession;
  readonly #result: RoundResult;
  #files: MailboxFile[] = [];
  #isNew = new Set<string>();

  constructor(work: DeliveryWork, session: MailboxSession, result: RoundResult) {
    this.#work = work;
    this.#session = session;
    this.#result = result;
  }

  /** `isNew`: imported just now, else known and not acknowledged yet. */
  async add(file: MailboxFile, { isNew }: { isNew: boolean }): Promise<void> {
    if (isNew) this.#isNew.add(file.name);
    if (this.#files.push(file) >= ACKNOWLEDGED_AT_ONCE) await this.acknowledgeFiles();
  }

  /** Records the files since the last call, and acknowledges them to the mailbox after the commit. */
  async acknowledgeFiles(): Promise<void> {
    const { platform, mailbox } = this.#work;
    const files = await this.note();
    const done: string[] = [];
    await eachAtOnce(files, async (file) => {
      if (await acknowledge(this.#work, this.#session, file)) done.push(file.name);
    });
    this.#result.acknowledged += done.length;
    if (done.length > 0) await noteAcknowledged(platform.database, mailbox, done, platform.clock.now());
  }

  /** Records the files since the last call, when the mailbox is unreachable. */
  async note(): Promise<MailboxFile[]> {
    const files = this.#files;
    this.#files = [];
    const { platform, mailbox } = this.#work;
    const names = [...this.#isNew];
    this.#isNew = new Set();
    if (names.length > 0) await noteTaken(platform.database, mailbox, names, platform.clock.now());
    return files;
  }
}

/** Held files for accounts that had no owner: they may have one now. */
async function takeHeld(work: DeliveryWork, touched: Set<number>): Promise<void> {
  const { platform, mailbox, addresses } = work;
  for (const file of await heldFiles(platform.database, mailbox)) {
    work.signal.throwIfAborted();
    const isSomebodys = file.unknown_accounts.some(
      (account) => addresses.of({ bban: account, iban: null, other: null }).length === 1,
    );
    if (!isSomebodys) continue;
    try {
      for (const id of await takeHeldFile(work, file)) touched.add(id);
    } catch (error) {
      if (work.signal.aborted) throw error;
      platform.log.error({ err: error, mailbox, file: logged(file.name) }, 'kept bank file not taken in');
    }
  }
}

async function takeHeldFile(work: DeliveryWork, file: HeldFile): Promise<number[]> {
  const { platform, mailbox } = work;
  const { files, database, clock } = platform;
  const staged = await files.stage(await files.storage.read(file.storage_key), file.size);
  staged.name = nameOf(file.name.replace(/ ~[0-9a-f]{16}$/, ''));
  try {
    const outcome = await deliverFile(work, staged);
    if (outcome.kind === 'postponed') return [];
    const accounts = outcome.kind === 'held' ? outcome.accounts : [];
    await noteHeldAgain(database, mailbox, file.name, { accounts, now: clock.now() });
    if (outcome.kind === 'taken') await files.storage.remove(file.storage_key);
    return outcome.clientAccounts;
  } finally {
    await staged.discard();
  }
}

/** Most files belong to client accounts that neither pay nor claim through us: one query over many finds the others. */
async function follow(platform: Platform, clientAccountIds: readonly number[]): Promise<void> {
  const { database, log } = platform;
  for (let i = 0; i < clientAccountIds.length; i += FOLLOWED_TOGETHER) {
    const some = clientAccountIds.slice(i, i + FOLLOWED_TOGETHER);
    const open = await database.transaction({ clientAccounts: some, mode: 'read' }, async (tx) => [
      { each: followPayments, ids: await livePaymentsAmong(tx, some) },
      { each: followClaims, ids: await openClaimsAmong(tx, some) },
    ]);
    for (const { each, ids } of open)
      for (const id of ids)
        try {
          await each(platform, id);
        } catch (error) {
          log.error({ err: error, client_account_id: id }, 'payments not followed');
        }
  }
}

async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const walk = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, walk));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
