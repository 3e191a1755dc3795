import sql from 'sql-template-tag';
import { expect } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { verifyBooks } from '../../src/ledger/proof/verify-books.ts';
import type { Caller } from '../../src/platform/caller.ts';
import type { Database } from '../../src/platform/database/pool.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Outcome } from '../../src/platform/operation.ts';
import type { Message } from './posting-child.ts';
import { operationOf } from './request-operation.ts';
import type { Asked, Target } from './request-stream.ts';

const silent = { info() {}, warn() {}, error() {} };

interface Posted {
  id: number;
  series: string;
  sequence_number: number;
}

/** Checks the invariants of one client account against all responses that its callers received. */
export class KnownBooks {
  readonly target: Target;
  readonly #caller: Caller;
  /** Acknowledged entries, by id. */
  readonly #entries = new Map<number, Posted>();
  /** Drafts by id, with the tag of the request that created them, which is in the draft's entry. */
  readonly #drafts = new Map<number, string>();
  /** Unprotected requests without a response: done entirely or not at all. */
  readonly #unknown = new Map<string, Asked>();
  #writes = 0;

  constructor(target: Target, caller: Caller) {
    this.target = target;
    this.#caller = caller;
  }

  get entries(): number {
    return this.#entries.size;
  }

  /** Reads the output of a killed process, repeats its unanswered requests, and compares the books with both. */
  async reconcile(
    database: Database,
    messages: readonly Message[],
  ): Promise<{ acknowledged: number; recovered: number }> {
    const open = new Map<string, Asked>();
    let acknowledged = 0;
    let last: { asked: Asked; value: unknown } | undefined;
    for (const line of messages) {
      if ('asked' in line && line.asked.clientAccountId === this.target.clientAccountId)
        open.set(line.asked.tag, line.asked);
      if ('answered' in line) {
        const asked = open.get(line.answered.tag);
        if (!asked) continue;
        open.delete(asked.tag);
        expect(asked.refused, `${asked.tag} ${asked.kind} was posted`).toBe(false);
        this.#learn(asked, line.answered.value);
        acknowledged++;
        if (asked.key) last = { asked, value: line.answered.value };
      }
      if ('refused' in line) {
        const asked = open.get(line.refused.tag);
        if (!asked) continue;
        open.delete(asked.tag);
        expect(asked, `${asked.tag} ${asked.kind} was refused: ${line.refused.code}`).toMatchObject({ refused: true });
      }
    }
    // Acknowledged entries first: no repeated request can have repaired a loss yet.
    await this.#expectAcknowledged(database);
    let recovered = 0;
    for (const asked of open.values()) {
      if (asked.key) recovered += (await this.#repeat(database, asked)) ? 1 : 0;
      else if (asked.entries > 0) this.#unknown.set(asked.tag, asked);
    }
    if (last) {
      const again = await this.#send(database, last.asked);
      expect(again).toEqual({ value: last.value, replayed: true });
    }
    await this.#expectExactly(database);
    expect(await verifyBooks(database, this.target.clientAccountId)).toEqual([]);
    return { acknowledged, recovered };
  }

  /** True if the request had been posted although its caller received no response. */
  async #repeat(database: Database, asked: Asked): Promise<boolean> {
    const kept = await this.#read<{ response: { value: unknown } }>(
      database,
      sql`select response from idempotency_keys where user_id = ${this.#caller.userId} and key = ${asked.key}`,
    );
    if (asked.refused) {
      await expect(this.#send(database, asked)).rejects.toBeInstanceOf(AppError);
      expect(kept, `${asked.tag} was refused and has an answer`).toEqual([]);
      return false;
    }
    const before = await this.#count(database);
    const outcome = await this.#send(database, asked);
    const after = await this.#count(database);
    expect(outcome.replayed, `${asked.tag} ${asked.kind}`).toBe(kept.length === 1);
    expect(after - before).toBe(outcome.replayed ? 0 : asked.entries);
    if (kept[0]) expect(outcome.value).toEqual(kept[0].response.value);
    expect(await this.#send(database, asked)).toEqual({ value: outcome.value, replayed: true });
    this.#learn(asked, outcome.value);
    return outcome.replayed;
  }

  #send(database: Database, asked: Asked): Promise<Outcome<unknown>> {
    const platform = { database, clock: systemClock, log: silent };
    const call = { caller: this.#caller, clientAccountId: asked.clientAccountId };
    return operationOf(asked.kind).call(
      platform,
      asked.key ? { ...call, idempotencyKey: asked.key } : call,
      asked.input,
    );
  }

  #learn(asked: Asked, value: unknown): void {
    this.#writes++;
    if (asked.kind === 'draft') {
      const { id } = value as { id: number };
      this.#drafts.set(id, asked.tag);
      this.target.drafts.push(id);
      return;
    }
    const posted = asked.kind.startsWith('bulk')
      ? (value as { results: (Posted & { error: unknown })[] }).results.filter((result) => result.error === null)
      : [value as Posted];
    expect(posted).toHaveLength(asked.entries);
    for (const { id, series, sequence_number } of posted) {
      expect(this.#entries.has(id), `entry ${id} was told twice`).toBe(false);
      this.#entries.set(id, { id, series, sequence_number });
    }
    const input = asked.input as { id: number };
    if (asked.kind === 'post') this.target.cancellable.push(posted[0]!.id);
    if (asked.kind === 'cancel') remove(this.target.cancellable, input.id);
    if (asked.kind === 'draft-post') {
      this.#drafts.delete(input.id);
      remove(this.target.drafts, input.id);
    }
  }

  /** Each acknowledged entry exists under its number. */
  async #expectAcknowledged(database: Database): Promise<void> {
    const rows = await this.#entriesNow(database);
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const entry of this.#entries.values()) expect(found.get(entry.id)).toMatchObject(entry);
  }

  /**
   * Checks that nothing exists without an acknowledgement, except results of an unprotected caller, complete or not at all.
   */
  async #expectExactly(database: Database): Promise<void> {
    const rows = await this.#entriesNow(database);
    const unheard = rows.filter((row) => !this.#entries.has(row.id));
    for (const asked of this.#unknown.values()) {
      const { id } = asked.input as { id: number };
      const tag = asked.kind === 'draft-post' ? this.#drafts.get(id) : asked.tag;
      const left = unheard.filter((row) => row.tag === tag);
      // Not done, and it never will be: its process has ended.
      if (left.length === 0) continue;
      expect(left, asked.tag).toHaveLength(asked.entries);
      for (const row of left) this.#entries.set(row.id, row);
      this.#writes++;
      if (asked.kind === 'cancel') remove(this.target.cancellable, id);
      if (asked.kind === 'draft-post') {
        this.#drafts.delete(id);
        remove(this.target.drafts, id);
      }
    }
    this.#unknown.clear();
    expect(rows.filter((row) => !this.#entries.has(row.id))).toEqual([]);
    expect(rows).toHaveLength(this.#entries.size);
    const drafts = await this.#read<{ id: number }>(
      database,
      sql`select id from draft_journal_entries where client_account_id = ${this.target.clientAccountId}`,
    );
    expect(new Set(drafts.map(({ id }) => id))).toEqual(new Set(this.#drafts.keys()));
    const audits = await this.#read<{ count: number }>(
      database,
      sql`select count(*) as count from audit_log
        where client_account_id = ${this.target.clientAccountId} and operation like 'journal-entry.%'`,
    );
    expect(audits[0]!.count).toBe(this.#writes);
  }

  #entriesNow(database: Database) {
    return this.#read<Posted & { tag: string }>(
      database,
      sql`select id, series, sequence_number, coalesce(cancellation_reason, memo) as tag from journal_entries
        where client_account_id = ${this.target.clientAccountId}`,
    );
  }

  async #count(database: Database): Promise<number> {
    const rows = await this.#read<{ count: number }>(
      database,
      sql`select count(*) as count from journal_entries where client_account_id = ${this.target.clientAccountId}`,
    );
    return rows[0]!.count;
  }

  #read<R>(database: Database, query: ReturnType<typeof sql>): Promise<R[]> {
    return database.transaction({ clientAccounts: [this.target.clientAccountId], mode: 'read' }, (tx) =>
      tx.rows<R>(query),
    );
  }
}

function remove(list: number[], id: number): void {
  const index = list.indexOf(id);
  if (index >= 0) list.splice(index, 1);
}
