import sql from 'sql-template-tag';
import type { MailboxFile } from '../integrations/index.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { numberArray, textArray } from '../platform/database/arrays.ts';
import type { FileProblem } from './errors.ts';

/** Our record of a file that a mailbox lists. */
export interface FileRecord {
  name: string;
  version: string;
  state: 'waiting' | 'taken' | 'held' | 'acknowledged';
  /** First time that this version of the file was seen. */
  first_seen_at: Date;
  attempts: number;
  next_attempt_at: Date | null;
  is_acknowledged: boolean;
}

const opened = { clientAccounts: [], mode: 'write', work: 'bank_mailbox' } as const;

export function ofMailbox<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return database.transaction(opened, work);
}

/** Records the listed files; a file that changed under the same name is a new one. Returns the records by name. */
export function noteListed(
  database: Database,
  mailbox: string,
  files: readonly MailboxFile[],
  now: Date,
): Promise<Map<string, FileRecord>> {
  return ofMailbox(database, async (tx) => {
    const names = textArray(files.map(({ name }) => name));
    await tx.execute(sql`
      insert into bank_mailbox_files as f (mailbox, name, size, version, first_seen_at, changed_at)
      select ${mailbox}, n.name, n.size, n.version, ${now}, ${now}
      from unnest(${names}::text[], ${numberArray(files.map(({ size }) => size))}::bigint[],
        ${textArray(files.map(({ version }) => version))}::text[]) as n (name, size, version)
      on conflict (mailbox, name) do update set size = excluded.size, version = excluded.version, state = 'waiting',
        first_seen_at = excluded.first_seen_at, changed_at = excluded.changed_at, attempts = 0, next_attempt_at = null,
        problem = null, unknown_accounts = null, is_acknowledged = false
      where f.version <> excluded.version`);
    const rows = await tx.rows<FileRecord>(sql`
      select name, version, state, first_seen_at, attempts, next_attempt_at, is_acknowledged from bank_mailbox_files
      where mailbox = ${mailbox} and name = any(${names}::text[])`);
    return new Map(rows.map((row) => [row.name, row]));
  });
}

/** Records a held file that was examined again: all of its accounts have an owner now, or fewer of them lack one. */
export function noteHeldAgain(
  database: Database,
  mailbox: string,
  name: string,
  { accounts, now }: { accounts: readonly string[]; now: Date },
): Promise<number> {
  return ofMailbox(database, (tx) =>
    tx.execute(sql`
      update bank_mailbox_files set unknown_accounts = ${textArray(accounts)}::text[], changed_at = ${now},
        state = ${accounts.length === 0 ? 'acknowledged' : 'held'}
      where mailbox = ${mailbox} and name = ${name}`),
  );
}

/** Delay between attempts: a minute, doubling to two hours. */
function pauseMs(attempts: number): number {
  return Math.min(60_000 * 2 ** Math.min(attempts, 10), 2 * 3_600_000);
}

/** An attempt that did not import the file; another follows later, without delaying other files. */
export function notePostponed(
  database: Database,
  mailbox: string,
  { name, attempts }: FileRecord,
  problem: FileProblem,
  now: Date,
): Promise<number> {
  return ofMailbox(database, (tx) =>
    tx.execute(sql`
      update bank_mailbox_files set attempts = ${attempts + 1}, problem = ${JSON.stringify(problem)}, changed_at = ${now},
        next_attempt_at = ${new Date(now.getTime() + pauseMs(attempts))}
      where mailbox = ${mailbox} and name = ${name} and state = 'waiting'`),
  );
}

/** These files are kept by us entirely: they may be acknowledged to the mailbox. */
export function noteTaken(database: Database, mailbox: string, names: readonly string[], now: Date): Promise<number> {
  return ofMailbox(database, (tx) =>
    tx.execute(sql`
      update bank_mailbox_files set state = 'taken', problem = null, unknown_accounts = null, storage_key = null,
        next_attempt_at = null, changed_at = ${now}
      where mailbox = ${mailbox} and name = any(${textArray(names)}::text[])`),
  );
}

/**
 * Holds the file under the key until its accounts have an owner, under a separate name: the file may be acknowledged, and the mailbox may
 * then reuse the original name.
 */
export function noteHeld(
  database: Database,
  mailbox: string,
  { name, size }: Pick<MailboxFile, 'name' | 'size'>,
  held: { sha256: string; storageKey: string; accounts: readonly string[]; problem: FileProblem; now: Date },
): Promise<number> {
  return ofMailbox(database, async (tx) => {
    const accounts = textArray(held.accounts);
    await tx.execute(sql`
      insert into bank_mailbox_files (mailbox, name, size, version, state, first_seen_at, changed_at, problem, unknown_accounts,
        storage_key, is_acknowledged)
      values (${mailbox}, ${`${name.slice(0, 220)} ~${held.sha256.slice(0, 16)}`}, ${size}, ${held.sha256}, 'held', ${held.now},
        ${held.now}, ${JSON.stringify(held.problem)}, ${accounts}::text[], ${held.storageKey}, true)
      on conflict (mailbox, name) do update set unknown_accounts = excluded.unknown_accounts, changed_at = excluded.changed_at`);
    return tx.execute(sql`
      update bank_mailbox_files set state = 'taken', problem = null, next_attempt_at = null, changed_at = ${held.now}
      where mailbox = ${mailbox} and name = ${name} and state = 'waiting'`);
  });
}

/** These have been acknowledged to the mailbox. */
export function noteAcknowledged(database: Database, mailbox: string, names: readonly string[], now: Date) {
  return ofMailbox(database, (tx) =>
    tx.execute(sql`
      update bank_mailbox_files set is_acknowledged = true, changed_at = ${now},
        state = case when state = 'taken' then 'acknowledged' else state end
      where mailbox = ${mailbox} and name = any(${textArray(names)}::text[])`),
  );
}

export interface HeldFile extends FileRecord {
  storage_key: string;
  size: number;
  unknown_accounts: string[];
}

/** Held files of accounts that had no owner. */
export function heldFiles(database: Database, mailbox: string): Promise<HeldFile[]> {
  return ofMailbox(database, (tx) =>
    tx.rows<HeldFile>(sql`
      select name, version, state, first_seen_at, attempts, next_attempt_at, is_acknowledged, storage_key, size,
        unknown_accounts
      from bank_mailbox_files where mailbox = ${mailbox} and state = 'held' order by first_seen_at, name limit 1000`),
  );
}

/** Problems of a mailbox, for the metrics and the log. */
export function mailboxLoad(
  database: Database,
  mailbox: string,
): Promise<{ waiting: number; failing: number; held: number }> {
  return ofMailbox(database, (tx) =>
    tx.one(sql`
      select count(*) filter (where state = 'waiting')::int as waiting,
        count(*) filter (where state = 'waiting' and attempts > 3)::int as failing,
        count(*) filter (where state = 'held')::int as held
      from bank_mailbox_files where mailbox = ${mailbox} and state <> 'acknowledged'`),
  );
}

/** Acknowledged files are remembered for as long as a bank may deliver one again under the same name. */
export const KEPT_DAYS = 90;

export function forgetOld(database: Database, now: Date): Promise<number> {
  return ofMailbox(database, (tx) =>
    tx.execute(sql`
      delete from bank_mailbox_files where (mailbox, name) in (
        select mailbox, name from bank_mailbox_files
        where state = 'acknowledged' and changed_at < ${new Date(now.getTime() - KEPT_DAYS * 86_400_000)} limit 5000)`),
  );
}
