import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks } from '../../../test/support/books/books.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { catalogue, requestErrors } from '../../platform/errors.ts';
import {
  cancelEntry,
  createPeriodLock,
  type NewEntry,
  openDay,
  postingOperation,
  type Reading,
  type Recording,
  takeIds,
} from '../index.ts';

const errors = catalogue('test', { taken: { status: 409, nb: 'Navnet er i bruk', en: 'The name is taken' } });

const entry = (amount: bigint): NewEntry => ({
  entryDate: '2026-03-01',
  lines: [
    { account: '1920', amount },
    { account: '2050', amount: -amount },
  ],
});

interface Wish {
  name: string;
  /** 0: only a department, no entry. */
  entries: number;
}

async function refuseTaken({ tx, clientAccountId }: Reading, { name }: Wish): Promise<void> {
  const { taken } = await tx.one<{ taken: number }>(sql`
    select count(*) as taken from dimension_values where client_account_id = ${clientAccountId} and name = ${name}`);
  if (taken > 0) throw errors.taken();
}

/** Posts entries and creates a department named after them, unless one of that name exists. */
const postAndRecord = postingOperation<Wish, Wish, { id: number; entries: (number | null)[] }>({
  name: 'test.post-and-record',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide(reading, wish) {
    await refuseTaken(reading, wish);
    const entries = Array.from({ length: wish.entries }, (_, i) => ({ entry: entry(BigInt(i + 1)), source: 'test' }));
    return { on: wish, entries };
  },
  recheck: (reading, wish) => refuseTaken(reading, wish),
  async record({ tx, clientAccountId, audit }, { name }, made) {
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
      values (${clientAccountId}, 'department', ${id}, ${id % 2 ** 31}, ${name})`);
    audit({ recordType: 'department', recordId: id });
    return { id, entries: made.map(({ sequence_number }) => sequence_number) };
  },
});

async function count(books: Books): Promise<{ entries: number; departments: number }> {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
    tx.one(sql`
      select (select count(*) from journal_entries where client_account_id = ${books.clientAccountId}) as entries,
        (select count(*) from dimension_values where client_account_id = ${books.clientAccountId}) as departments`),
  );
}

test.each([0, 2])(
  'equal requests under one key at once: one result and its replays, with %i entries',
  async (entries) => {
    const books = await openBooks();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        postAndRecord.call(books.platform, books.call({ idempotencyKey: 'once' }), { name: 'A', entries }),
      ),
    );
    for (const { value } of answers) expect(value).toEqual(answers[0]!.value);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await count(books)).toEqual({ entries, departments: 1 });
  },
);

test.each([0, 2])(
  'of many at once one wins; the refused leave nothing, and others are posted, with %i entries',
  async (entries) => {
    const books = await openBooks();
    const lines = [debit('1920', 5), credit('2050', 5)];
    const answers = await Promise.allSettled([
      ...Array.from({ length: 6 }, () => books.run(postAndRecord, { name: 'A', entries })),
      ...Array.from({ length: 3 }, () => books.post('2026-03-01', lines)),
    ]);
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'test.taken', spec: { status: 409 } });
    expect(await count(books)).toEqual({ entries: entries + 3, departments: 1 });
    expect((await books.post('2026-03-01', lines)).sequence_number).toBe(entries + 4);
  },
);

test('a key that was used for another request is refused, with and without entries', async () => {
  const books = await openBooks();
  await books.run(postAndRecord, { name: 'A', entries: 0 }, { idempotencyKey: 'k' });
  for (const entries of [0, 1])
    await expect(books.run(postAndRecord, { name: 'B', entries }, { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'request.idempotency_conflict',
    });
});

test('ten cancel an entry at once: one counter-entry, nine refusals that name it', async () => {
  const books = await openBooks();
  const { id } = await books.post('2026-03-01', [debit('1920', 5), credit('2050', 5)]);
  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => books.run(cancelEntry, { id, reason: `grunn ${i}` })),
  );
  const [made, ...others] = answers.toSorted((a, b) => (a.status < b.status ? -1 : 1));
  expect(made?.status).toBe('fulfilled');
  const counter = made?.status === 'fulfilled' ? made.value.id : 0;
  for (const other of others)
    expect(other).toMatchObject({
      reason: { code: 'ledger.already_cancelled', spec: { status: 409 }, facts: { cancellation_entry_id: counter } },
    });
});

test('a counter-entry is not dated before its entry', async () => {
  const books = await openBooks();
  const { id } = await books.post('2026-03-01', [debit('1920', 5), credit('2050', 5)]);
  const cancel = (entryDate: string) => books.run(cancelEntry, { id, reason: 'feil', entryDate });
  await expect(cancel('2026-02-28')).rejects.toMatchObject({ code: 'ledger.cancelled_before_entry' });
  await books.run(createPeriodLock, { lockedUntilDate: '2026-03-31', comment: 'x' });
  await expect(cancel('2026-03-31')).rejects.toMatchObject({ code: 'ledger.period_locked' });
  expect((await cancel(openDay('2026-03-01', '2026-03-31'))).entry_date).toBe('2026-04-01');
});

interface Note {
  name: string;
  amount: bigint;
}

/** Posts an entry and creates a department, several of them by one statement. */
function noting() {
  const written: string[][] = [];
  const insert = async (recordings: readonly Recording[], notes: readonly Note[], made: number[]) => {
    written.push(notes.map(({ name }) => name));
    const { tx, clientAccountId } = recordings[0]!;
    const first = await takeIds(tx, clientAccountId, notes.length);
    for (const [i, { name }] of notes.entries()) {
      await tx.execute(sql`
        insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
        values (${clientAccountId}, 'department', ${first + i}, ${(first + i) % 2 ** 31}, ${name})`);
      recordings[i]!.audit({ recordType: 'department', recordId: first + i, after: { name } });
    }
    return notes.map(({ name }, i) => `${name} ${made[i]!}`);
  };
  const operation = postingOperation<Note, Note, string>({
    name: 'test.note',
    access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
    decide: async (_, note) => ({ on: note, entries: [{ entry: entry(note.amount), source: 'test' }] }),
    recheck: (reading, { name }) => refuseTaken(reading, { name, entries: 1 }),
    record: async (recording, note, [made]) => (await insert([recording], [note], [Number(made!.lines[0]!.debit)]))[0]!,
    several: {
      fits: ({ name }) => name !== 'apart',
      async recheck(reading, notes) {
        if (new Set(notes.map(({ name }) => name)).size < notes.length) throw requestErrors.concurrent_change();
        for (const { name } of notes) await refuseTaken(reading, { name, entries: 1 });
      },
      record: (recordings, notes, made) =>
        insert(
          recordings,
          notes,
          made.map(([one]) => Number(one!.lines[0]!.debit)),
        ),
    },
  });
  return { operation, written };
}

describe('callers that arrive together', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `navn ${i}`);
  const inAll = (written: string[][]) => written.flat().toSorted();

  test('are recorded together, and each gets its own answer and its own audit', async () => {
    const books = await openBooks();
    const { operation, written } = noting();
    const answers = await Promise.all(
      names(12).map((name, i) => books.run(operation, { name, amount: BigInt(i + 1) * 100n })),
    );
    expect(answers).toEqual(names(12).map((name, i) => `${name} ${i + 1}`));
    expect(inAll(written)).toEqual(names(12).toSorted());
    expect(written.length).toBeLessThan(12);
    const { audited } = await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'read' },
      (tx) =>
        tx.one<{ audited: string[] }>(sql`
          select array_agg(after ->> 'name') as audited from audit_log
          where client_account_id = ${books.clientAccountId} and operation = 'test.note' and record_type = 'department'`),
    );
    expect(audited.toSorted()).toEqual(names(12).toSorted());
  });

  test('one that is refused does not take the others with it', async () => {
    const books = await openBooks();
    const { operation } = noting();
    await books.run(operation, { name: 'navn 3', amount: 100n });
    const answers = await Promise.allSettled(names(8).map((name) => books.run(operation, { name, amount: 100n })));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual(names(8).map((name) => name !== 'navn 3'));
    expect(answers[3]).toMatchObject({ reason: { code: 'test.taken' } });
    expect(await count(books)).toEqual({ entries: 8, departments: 8 });
  });

  test('two that touch each other: one is recorded, the other refused', async () => {
    const books = await openBooks();
    const { operation } = noting();
    const answers = await Promise.allSettled(
      [...names(4), 'navn 1'].map((name) => books.run(operation, { name, amount: 100n })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'test.taken' } });
    expect(await count(books)).toEqual({ entries: 4, departments: 4 });
  });

  test('those that do not fit are recorded alone', async () => {
    const books = await openBooks();
    const { operation, written } = noting();
    await Promise.all(['a', 'apart', 'b', 'c'].map((name) => books.run(operation, { name, amount: 100n })));
    expect(written.filter((group) => group.includes('apart'))).toEqual([['apart']]);
    expect(inAll(written)).toEqual(['a', 'apart', 'b', 'c']);
  });
});
