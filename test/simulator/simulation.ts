import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { expect } from 'vitest';
import { unreachable } from '../../src/kernel/assert.ts';
import { formatAmount } from '../../src/kernel/money.ts';
import { foldBalances } from '../../src/ledger/balances-fold.ts';
import { sealNextBlock } from '../../src/ledger/proof/chain-seal.ts';
import { createDraft } from '../../src/ledger/drafts/draft-create.ts';
import { deleteDraft } from '../../src/ledger/drafts/draft-delete.ts';
import { postDraft } from '../../src/ledger/drafts/draft-post.ts';
import { updateDraft } from '../../src/ledger/drafts/draft-update.ts';
import { type BulkResult, postEntries } from '../../src/ledger/entries/entries-post-bulk.ts';
import type { EntryView } from '../../src/ledger/entries/entry-view.ts';
import { cancelEntry, postEntry, verifyBooks } from '../../src/ledger/index.ts';
import { createPeriodLock } from '../../src/ledger/period-locks/period-lock-create.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Operation, Outcome } from '../../src/platform/operation.ts';
import type { Books } from '../support/books/books.ts';
import { ModelBooks, type ModelDraft } from './model-books.ts';
import { type Firm, modelEntry, type ModelLine, refusalOf } from './model-entry.ts';
import type { EntryStep, Step } from './steps.ts';

const POSTED = 'posted';

/** One request of a step: how it is sent, its possible outcomes, and the model's update from its response. */
interface Request {
  send(key: string | undefined): Promise<Outcome<unknown>>;
  /** `posted` or error codes that some order of the concurrent requests allows. */
  allowed: Set<string>;
  learn(value: never): void;
  writes?: boolean;
}

/** Runs steps against the program and the model in parallel. */
export class Simulation {
  readonly #books: Books;
  readonly #firm: Firm;
  readonly #model = new ModelBooks();
  readonly #run = randomUUID();
  readonly #kept: { send: () => Promise<Outcome<unknown>>; value: unknown }[] = [];
  #sent = 0;

  constructor(books: Books, firm: Firm) {
    this.#books = books;
    this.#firm = firm;
  }

  /** The steps of a group are sent concurrently, by several callers; some order of them must explain every response. */
  async play(group: readonly Step[]): Promise<void> {
    const locks = group.flatMap((step) => (step.kind === 'lock' ? [step.until] : []));
    const touched = new Set<string>();
    const requests = group.flatMap((step) => this.#requestOf(step, locks, touched, group.length > 1) ?? []);
    const refusedForSure = requests.length === 1 && !requests[0]!.allowed.has(POSTED);
    const before = refusedForSure ? await this.#fingerprint() : null;
    const outcomes = await Promise.allSettled(
      requests.map(async (request, i) => {
        const key = i % 2 === 0 ? `${this.#run} ${this.#sent++}` : undefined;
        const outcome = await request.send(key);
        // A batch without any posting changed nothing and stores no response.
        const kept = request.writes && (outcome.value as Partial<BulkResult> | null)?.posted !== 0;
        if (key && kept) this.#kept.push({ send: () => request.send(key), value: outcome.value });
        return outcome.value;
      }),
    );
    outcomes.forEach((outcome, i) => {
      const { allowed, learn } = requests[i]!;
      if (outcome.status === 'fulfilled') {
        expect([...allowed], group.map((step) => step.kind).join(', ')).toContain(POSTED);
        learn(outcome.value as never);
      } else {
        if (!(outcome.reason instanceof AppError)) throw outcome.reason;
        expect([...allowed], `${outcome.reason.message}: ${group.map((step) => step.kind).join(', ')}`).toContain(
          outcome.reason.code,
        );
      }
    });
    if (locks.length > 0) await this.#learnLock();
    if (before) expect(await this.#fingerprint()).toEqual(before);
  }

  #requestOf(step: Step, locks: string[], touched: Set<string>, together: boolean): Request | undefined {
    switch (step.kind) {
      case 'post': {
        const { input, lines } = modelEntry(step.entry, this.#memo(), this.#firm);
        return {
          ...this.#write(postEntry, { entry: input }),
          allowed: this.#allowed(step.entry, locks),
          learn: (view: EntryView) => this.#learnEntry(view, lines, null),
        };
      }
      case 'bulk':
        return this.#bulk(step.entries, step.mode, locks);
      case 'draft':
      case 'draft-update':
        return this.#draft(step, touched);
      case 'draft-post':
        return this.#draftPost(step.pick, locks, touched, together);
      case 'draft-delete': {
        const draft = this.#pick([...this.#model.drafts.values()], step.pick);
        if (!draft || touched.has(`change ${draft.id}`)) return undefined;
        touched.add(`change ${draft.id}`);
        return {
          ...this.#write(deleteDraft, { id: draft.id }),
          allowed: new Set([
            POSTED,
            ...(together ? ['request.not_found', 'ledger.posted_is_final', 'ledger.draft_posted'] : []),
          ]),
          learn: () => this.#learnDraftGone(draft),
        };
      }
      case 'cancel':
        return this.#cancel(step.pick, step.date, locks, together);
      case 'lock':
        return {
          ...this.#write(createPeriodLock, { lockedUntilDate: step.until, comment: 'avstemt' }),
          allowed: new Set([POSTED]),
          learn: () => void this.#model.writes++,
        };
      case 'repeat': {
        const kept = this.#pick(this.#kept, step.pick);
        return kept && { ...this.#read(kept.send), learn: (value: unknown) => expect(value).toEqual(kept.value) };
      }
      case 'fold':
      case 'seal': {
        const work = step.kind === 'fold' ? foldBalances : sealNextBlock;
        const { clientAccountId, platform } = this.#books;
        return this.#read(async () => {
          const inBooks = { clientAccounts: [clientAccountId], mode: 'write' as const };
          const value = await platform.database.transaction(inBooks, (tx) => work(tx, clientAccountId));
          return { value, replayed: false };
        });
      }
      default:
        return unreachable(step);
    }
  }

  #bulk(steps: readonly EntryStep[], mode: 'all' | 'each', locks: string[]): Request {
    const made = steps.map((entry) => modelEntry(entry, this.#memo(), this.#firm));
    const entries = made.map(({ input }) => input);
    const each = steps.map((entry) => this.#allowed(entry, locks));
    const someRefused = each.some((allowed) => !allowed.has(POSTED) || allowed.size > 1);
    const refusal = entries.length === 1 ? [...each[0]!].filter((code) => code !== POSTED) : ['ledger.bulk_refused'];
    const allPosted = each.every((allowed) => allowed.has(POSTED));
    return {
      ...this.#write(postEntries, { entries, mode, language: 'nb' as const }),
      allowed: new Set(mode === 'each' ? [POSTED] : [...(allPosted ? [POSTED] : []), ...(someRefused ? refusal : [])]),
      learn: (value: BulkResult) => {
        expect(value.results).toHaveLength(steps.length);
        value.results.forEach((result, i) => {
          const details: { code?: string } = result.error?.details ?? {};
          const code = details.code ?? POSTED;
          expect([...each[i]!]).toContain(code);
          if (result.error) return;
          this.#model.post({
            id: result.id!,
            date: entries[i]!.entry_date,
            series: result.series!,
            number: result.sequence_number!,
            lines: made[i]!.lines,
            cancels: null,
          });
        });
        if (value.posted > 0) this.#model.writes++;
      },
    };
  }

  #draft(step: Extract<Step, { kind: 'draft' | 'draft-update' }>, touched: Set<string>): Request | undefined {
    // A draft may be incomplete or wrong in any way, but must have the form of an entry.
    const entry = step.entry.fault === 'impossible date' ? { ...step.entry, fault: 'unbalanced' as const } : step.entry;
    const memo = this.#memo();
    const { input, lines } = modelEntry(entry, memo, this.#firm);
    const draftOf = (id: number): ModelDraft => ({
      id,
      date: input.entry_date,
      series: entry.series,
      memo,
      lines,
      fault: entry.fault,
    });
    if (step.kind === 'draft') {
      return {
        ...this.#write(createDraft, { draft: input, language: 'nb' as const }),
        allowed: new Set([POSTED]),
        learn: (view: EntryView) => {
          this.#model.drafts.set(view.id, draftOf(view.id));
          this.#model.writes++;
        },
      };
    }
    const draft = this.#pick([...this.#model.drafts.values()], step.pick);
    if (!draft || touched.has(`post ${draft.id}`) || touched.has(`change ${draft.id}`)) return undefined;
    touched.add(`change ${draft.id}`);
    return {
      ...this.#write(updateDraft, { id: draft.id, draft: input, replace: true, language: 'nb' as const }),
      allowed: new Set([POSTED]),
      learn: () => {
        this.#model.drafts.set(draft.id, draftOf(draft.id));
        this.#model.writes++;
      },
    };
  }

  #draftPost(pick: number, locks: string[], touched: Set<string>, together: boolean): Request | undefined {
    const draft = this.#pick([...this.#model.drafts.values()], pick);
    if (!draft || touched.has(`change ${draft.id}`)) return undefined;
    const rival = touched.has(`post ${draft.id}`);
    touched.add(`post ${draft.id}`);
    const allowed = this.#allowed(draft, locks);
    // A concurrent request may post or delete it first.
    if (rival || together)
      for (const code of [
        'request.not_found',
        'request.concurrent_change',
        'ledger.posted_is_final',
        'ledger.draft_posted',
      ])
        allowed.add(code);
    return {
      ...this.#write(postDraft, { id: draft.id }),
      allowed,
      learn: (view: EntryView) => {
        this.#learnDraftGone(draft);
        this.#model.writes--;
        this.#learnEntry(view, draft.lines, null);
        expect(view.memo).toBe(draft.memo);
      },
    };
  }

  #cancel(pick: number, date: string | null, locks: string[], together: boolean): Request | undefined {
    const entry = this.#pick([...this.#model.entries.values()], pick);
    if (!entry) return undefined;
    const on = date ?? entry.date;
    const lines = entry.lines.map((line) => ({ ...line, amount: -line.amount }));
    let allowed = this.#allowedOn(on, locks);
    if (entry.cancels !== null) allowed = new Set(['ledger.cancels_itself']);
    else if (this.#model.cancelledBy.has(entry.id)) {
      allowed.delete(POSTED);
      allowed.add('ledger.already_cancelled');
    } else if (together) allowed.add('ledger.already_cancelled');
    if (on < entry.date) {
      allowed.delete(POSTED);
      allowed.add('ledger.cancelled_before_entry');
    }
    return {
      ...this.#write(cancelEntry, { id: entry.id, reason: 'feil', ...(date ? { entryDate: date } : {}) }),
      allowed,
      learn: (view: EntryView) => {
        expect(view.cancels_entry_id).toBe(entry.id);
        this.#learnEntry(view, lines, entry.id);
      },
    };
  }

  #allowed({ fault, date }: Pick<EntryStep, 'fault' | 'date'>, locks: string[]): Set<string> {
    if (!fault) return this.#allowedOn(date, locks);
    if (fault !== 'unknown project') return new Set([refusalOf(fault)]);
    // Existence of a record is only checked for requests that the lock accepts.
    return new Set([...this.#allowedOn(date, locks)].map((code) => (code === POSTED ? refusalOf(fault) : code)));
  }

  /** With the lock as it was, or with any that is set concurrently. */
  #allowedOn(date: string, locks: string[]): Set<string> {
    return new Set(
      [this.#model.lockedUntil, ...locks].map((until) => (date <= until ? 'ledger.period_locked' : POSTED)),
    );
  }

  #learnEntry(view: EntryView, lines: ModelLine[], cancels: number | null): void {
    const viewed = view.lines.map((line) => `${line.account_code} ${line.debit} ${line.credit}`);
    const expected = lines.map(({ account, amount }) => `${account} ${side(amount)} ${side(-amount)}`);
    expect(viewed.toSorted()).toEqual(expected.toSorted());
    this.#model.post({
      id: view.id,
      date: view.entry_date!,
      series: view.series!,
      number: view.sequence_number!,
      lines,
      cancels,
    });
    this.#model.writes++;
  }

  #learnDraftGone(draft: ModelDraft): void {
    if (!this.#model.drafts.delete(draft.id)) throw new Error(`draft ${draft.id} was posted or deleted twice`);
    this.#model.writes++;
  }

  #write<I>(operation: Operation<I, unknown>, input: I): Pick<Request, 'send' | 'writes'> {
    const { platform } = this.#books;
    return {
      send: (key) => operation.call(platform, this.#books.call(key ? { idempotencyKey: key } : {}), input),
      writes: true,
    };
  }

  #read(send: () => Promise<Outcome<unknown>>): Request {
    return { send, allowed: new Set([POSTED]), learn: () => {} };
  }

  #pick<T>(list: readonly T[], pick: number): T | undefined {
    return list.length === 0 ? undefined : list[pick % list.length];
  }

  #memo(): string {
    return `bilag ${this.#sent++}`;
  }

  /** The last lock counts, in the order of the row lock: that of their ids. */
  async #learnLock(): Promise<void> {
    const [row] = await this.#rows<{ until: string; head: string }>(sql`
      select locked_until_date as until, h.locked_until as head from period_locks l
      join client_account_heads h on h.client_account_id = l.client_account_id
      where l.client_account_id = ${this.#books.clientAccountId} order by l.id desc limit 1`);
    expect(row!.until).toBe(row!.head);
    this.#model.lockedUntil = row!.until;
  }

  #rows<R>(query: ReturnType<typeof sql>): Promise<R[]> {
    const { platform, clientAccountId } = this.#books;
    return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      tx.rows<R>(query),
    );
  }

  /** All data that a refused request could have changed. */
  #fingerprint() {
    const id = this.#books.clientAccountId;
    return this.#rows(sql`
      select h.next_id, h.last_posting_no, h.locked_until, h.masters_version,
        (select coalesce(sum(last_number), 0) from number_series where client_account_id = ${id}) as numbers,
        (select count(*) from journal_entries where client_account_id = ${id}) as entries,
        (select count(*) from journal_entry_lines where client_account_id = ${id}) as lines,
        (select coalesce(sum(debit + credit), 0) from balance_deltas where client_account_id = ${id}) as deltas,
        (select count(*) from audit_log where client_account_id = ${id}) as audits,
        (select count(*) from client_gl_accounts where client_account_id = ${id}) as accounts,
        (select count(*) from dimension_sets where client_account_id = ${id}) as sets,
        (select count(*) from idempotency_keys where user_id = ${this.#books.userId}) as answers,
        (select md5(coalesce(string_agg(d.id || d.input::text, '' order by d.id), '')) from draft_journal_entries d
          where d.client_account_id = ${id}) as drafts
      from client_account_heads h where h.client_account_id = ${id}`);
  }

  /** Compares the books with the model, to the øre. */
  async settle(): Promise<{ entries: number; writes: number }> {
    const id = this.#books.clientAccountId;
    const balances = await this.#rows<{ at: string; debit: string; credit: string }>(sql`
      select b.account_code || ' ' || to_char(b.month, 'YYYY-MM') || ' ' || coalesce(s.key, '') as at, sum(b.debit) as debit, sum(b.credit) as credit
      from (
        select account_code, month, dimension_set_id, debit, credit from account_balances where client_account_id = ${id}
        union all
        select account_code, month, dimension_set_id, debit, credit from balance_deltas where client_account_id = ${id}) b
      left join dimension_sets s on s.client_account_id = ${id} and s.id = b.dimension_set_id
      group by 1`);
    const held = Object.fromEntries(
      balances.map((row) => [row.at, { debit: BigInt(row.debit), credit: BigInt(row.credit) }]),
    );
    expect(held).toEqual(this.#model.balances());
    expect(Object.values(held).reduce((sum, { debit, credit }) => sum + debit - credit, 0n)).toBe(0n);
    const entries = await this.#rows<{ id: number; number: number }>(
      sql`select id, sequence_number as number from journal_entries where client_account_id = ${id} order by id`,
    );
    const expected = [...this.#model.entries.values()].sort((a, b) => a.id - b.id);
    expect(entries).toEqual(expected.map((entry) => ({ id: entry.id, number: entry.number })));
    for (const list of Object.values(this.#model.numbers())) expect(list).toEqual(list.map((_, i) => i + 1));
    const drafts = await this.#rows<{ id: number; memo: string }>(
      sql`select id, input ->> 'memo' as memo from draft_journal_entries where client_account_id = ${id} order by id`,
    );
    const kept = [...this.#model.drafts.values()].sort((a, b) => a.id - b.id);
    expect(drafts).toEqual(kept.map((draft) => ({ id: draft.id, memo: draft.memo })));
    const [audits] = await this.#rows<{ count: number }>(
      sql`select count(*) as count from audit_log where client_account_id = ${id} and (operation like 'journal-entry.%' or operation like 'period-lock.%')`,
    );
    expect(audits!.count).toBe(this.#model.writes);
    expect(await verifyBooks(this.#books.platform.database, id)).toEqual([]);
    return { entries: entries.length, writes: this.#model.writes };
  }
}

/** The part of a signed amount on one side. */
function side(amount: bigint): string {
  return formatAmount(amount > 0n ? amount : 0n);
}
