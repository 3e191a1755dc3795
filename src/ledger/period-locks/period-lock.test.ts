import { describe, expect, test } from 'vitest';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { auditOf } from '../../../test/support/books/audit.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import type { Role } from '../../platform/caller.ts';
import { createDraft } from '../drafts/draft-create.ts';
import { postDraft } from '../drafts/draft-post.ts';
import { cancelEntry, postEntries } from '../index.ts';
import { createPeriodLock } from './period-lock-create.ts';
import { periodLockRoutes } from './period-locks.routes.ts';

const api = apiOf(periodLockRoutes, testPlatform());

function lock(books: Books, until: string, comment = 'Mva-termin levert') {
  return api('POST', '/period-locks', books.token, {
    client_account_id: books.clientAccountId,
    locked_until_date: until,
    locking_comment: comment,
  });
}

const lines = () => [debit('6540', 100), credit('1920', 100)];
const locked = { code: 'ledger.period_locked', facts: { locked_until: '2026-02-28' } };

describe('B5: a locked period refuses new, changed and cancelled entries', () => {
  test.each([
    ['a day before', '2026-02-27', true],
    ['the day itself', '2026-02-28', true],
    ['years before', '2019-01-01', true],
    ['the day after', '2026-03-01', false],
  ])('posting, bulk posting and posting a draft dated %s', async (_, date, refused) => {
    const books = await openBooks();
    const draft = await books.run(createDraft, { draft: { entry_date: date, lines: lines() }, language: 'nb' });
    expect((await lock(books, '2026-02-28')).status).toBe(201);
    const attempts = [
      () => books.post(date, lines()),
      () => books.run(postDraft, { id: draft.id }),
      () =>
        books.run(postEntries, {
          entries: [{ entry_date: date, lines: lines() }],
          mode: 'all' as const,
          language: 'nb' as const,
        }),
    ];
    for (const attempt of attempts) {
      if (refused) await expect(attempt()).rejects.toMatchObject(locked);
      else await expect(attempt()).resolves.toBeTruthy();
    }
  });

  test('cancelling: not with a date in the locked period, but with one after it', async () => {
    const books = await openBooks();
    const entry = await books.post('2026-02-10', lines());
    await lock(books, '2026-02-28');
    await expect(books.run(cancelEntry, { id: entry.id, reason: 'feil' })).rejects.toMatchObject(locked);
    await expect(
      books.run(cancelEntry, { id: entry.id, reason: 'feil', entryDate: '2026-02-28' }),
    ).rejects.toMatchObject(locked);
    const counter = await books.run(cancelEntry, { id: entry.id, reason: 'feil', entryDate: '2026-03-01' });
    expect(counter).toMatchObject({ cancels_entry_id: entry.id, entry_date: '2026-03-01' });
  });

  test('each for itself: the locked ones are refused, the others posted, without a gap', async () => {
    const books = await openBooks();
    await lock(books, '2026-02-28');
    const entries = ['2026-02-28', '2026-03-01', '2026-01-01', '2026-03-02'].map((entry_date) => ({
      entry_date,
      lines: lines(),
    }));
    const result = await books.run(postEntries, { entries, mode: 'each', language: 'nb' });
    expect(result.results.map(({ sequence_number: number, error }) => number ?? error!.details)).toEqual([
      expect.objectContaining({ code: 'ledger.period_locked' }),
      1,
      expect.objectContaining({ code: 'ledger.period_locked' }),
      2,
    ]);
  });

  test('a lock set while others post: nothing dated within it comes after it', async () => {
    const books = await openBooks();
    const posting = Array.from({ length: 30 }, () =>
      books.post('2026-02-10', lines()).then(
        (entry) => entry.id,
        () => null,
      ),
    );
    const made = await lock(books, '2026-02-28');
    const posted = (await Promise.all(posting)).filter((id) => id !== null);
    // Ids are assigned under the same row lock, so the lock's id is higher than that of every entry accepted before it.
    expect(posted.every((id) => id < made.body.id)).toBe(true);
    await expect(books.post('2026-02-10', lines())).rejects.toMatchObject(locked);
  });
});

describe('reopening', () => {
  test('an earlier date opens the days between, with its reason, in the log and in the history', async () => {
    const books = await openBooks();
    await lock(books, '2026-02-28');
    const reopened = await lock(books, '2025-12-31', 'Glemt faktura, jf. telefon 12. mars');
    expect(reopened.body).toMatchObject({
      client_account_id: books.clientAccountId,
      locked_until_date: '2025-12-31',
      previous_locked_until_date: '2026-02-28',
      reopens: true,
      locking_comment: 'Glemt faktura, jf. telefon 12. mars',
      created_at: '2026-03-15T10:00:00Z',
      created_by_id: books.userId,
    });
    await books.post('2026-01-01', lines());
    await expect(books.post('2025-12-31', lines())).rejects.toMatchObject({ code: 'ledger.period_locked' });
    expect(await auditOf(books, reopened.body.id)).toMatchObject([
      {
        operation: 'period-lock.create',
        user_id: books.userId,
        before: { locked_until_date: '2026-02-28' },
        after: {
          locked_until_date: '2025-12-31',
          reopens: true,
          locking_comment: 'Glemt faktura, jf. telefon 12. mars',
        },
      },
    ]);
    const { body } = await api(
      'GET',
      `/period-locks?client_account_id=${books.clientAccountId}&with=created_by`,
      books.token,
    );
    expect(body.meta).toEqual({ page: 1, pages: 1, per_page: 100, records: 2 });
    expect(body.data.map((one: { locked_until_date: string }) => one.locked_until_date)).toEqual([
      '2025-12-31',
      '2026-02-28',
    ]);
    expect(body.data[1]).toMatchObject({
      previous_locked_until_date: null,
      reopens: false,
      created_by: { id: books.userId },
    });
  });

  test.each([
    ['no comment', { locking_comment: undefined }],
    ['a blank comment', { locking_comment: '  ' }],
    ['no date', { locked_until_date: undefined }],
    ['a date that does not exist', { locked_until_date: '2026-02-30' }],
  ])('refuses %s', async (_, fault) => {
    const books = await openBooks();
    const body = {
      client_account_id: books.clientAccountId,
      locked_until_date: '2026-02-28',
      locking_comment: 'x',
      ...fault,
    };
    expect((await api('POST', '/period-locks', books.token, body)).status).toBe(400);
    await books.post('2026-02-10', lines());
  });

  test.each([
    ['AA', true],
    ['CA', true],
    ['BK', false],
    ['US', false],
    ['EM', false],
  ] as [Role, boolean][])('role %s may lock: %s', async (role, allowed) => {
    const books = await openBooks();
    const caller = { ...books.caller, roles: new Map([[books.clientAccountId, new Set([role])]]) };
    const attempt = books.run(createPeriodLock, { lockedUntilDate: '2026-01-31', comment: 'x' }, { caller });
    if (allowed) await expect(attempt).resolves.toMatchObject({ locked_until_date: '2026-01-31' });
    else await expect(attempt).rejects.toMatchObject({ code: 'request.role_missing' });
  });
});
