import { describe, expect, test } from 'vitest';
import { auditOf } from '../../../test/support/books/audit.ts';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testPlatform,
} from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { multipart, PDF, withFiles } from '../../../test/support/http/upload.ts';
import { createDraft } from '../../ledger/drafts/draft-create.ts';
import { cancelEntry } from '../../ledger/index.ts';
import { createPeriodLock } from '../../ledger/period-locks/period-lock-create.ts';
import { documentsRoutes } from '../index.ts';

const platform = withFiles(testPlatform());
const api = apiOf(documentsRoutes, platform);
let count = 0;

/** A voucher of its own content. */
async function upload(books: Books, name = 'bilag.pdf'): Promise<number> {
  const { payload, headers } = multipart([
    { name: 'client_account_id', value: String(books.clientAccountId) },
    { name: 'file', file: { name, type: 'application/pdf', content: PDF(`nr ${++count}`) } },
  ]);
  const reply = await api.server.inject({
    method: 'POST',
    url: '/api/v2/files',
    headers: { authorization: `Bearer ${books.token}`, ...headers },
    payload,
  });
  expect(reply.statusCode).toBe(201);
  return reply.json().id;
}

const lines = (more: object = {}) => [debit('6540', 100, more), credit('1920', 100)];
const voucher = async (books: Books, id: number, query = '') =>
  (await api('GET', `/vouchers/${id}${query}`, books.token)).body;
const patch = (books: Books, id: number, changes: object) => api('PATCH', `/vouchers/${id}`, books.token, changes);
const link = (books: Books, id: number, entryId: number) =>
  api('POST', `/vouchers/${id}/journal-entries`, books.token, { journal_entry_id: entryId });
const unlink = (books: Books, id: number, entryId: number) =>
  api('DELETE', `/vouchers/${id}/journal-entries/${entryId}`, books.token);

describe('status', () => {
  test('comes from the books: PENDING, DRAFT while a draft names it, BOOKED from posting on, also when cancelled', async () => {
    const books = await openBooks();
    const id = await upload(books);
    expect(await voucher(books, id)).toMatchObject({
      id,
      status: 'PENDING',
      name: 'bilag.pdf',
      content_type: 'application/pdf',
    });
    await books.run(createDraft, { draft: { voucher_id: id }, language: 'nb' });
    expect((await voucher(books, id)).status).toBe('DRAFT');
    const entry = await books.post('2026-01-10', lines(), { voucher_id: id });
    const booked = await voucher(books, id, '?with=journal_entries,file,created_by');
    expect(booked).toMatchObject({
      status: 'BOOKED',
      journal_entries: [
        {
          id: entry.id,
          series: 'GL',
          fiscal_year: 2026,
          sequence_number: 1,
          entry_date: '2026-01-10',
          linked_later: false,
        },
      ],
      file: { id, size_bytes: PDF(`nr ${count}`).length },
      created_by: { id: books.userId },
    });
    await books.run(cancelEntry, { id: entry.id, reason: 'feil' });
    expect((await voucher(books, id, '?with=journal_entries')).journal_entries).toHaveLength(2);
    expect((await patch(books, id, { status: 'ARCHIVED' })).body.details.code).toBe('documents.voucher_booked');
    expect((await patch(books, id, { description: 'Strøm' })).body).toMatchObject({
      status: 'BOOKED',
      description: 'Strøm',
    });
  });

  test.each(['BOOKED', 'DELETED', 'LOST'])('%s is not set by hand', async (status) => {
    const books = await openBooks();
    expect((await patch(books, await upload(books), { status })).status).toBe(400);
  });

  test('a person archives and takes up again, with both in the log; a deleted one is left alone', async () => {
    const books = await openBooks();
    const id = await upload(books);
    expect((await patch(books, id, { status: 'ARCHIVED', description: 'Duplikat' })).body).toMatchObject({
      status: 'ARCHIVED',
    });
    expect((await patch(books, id, { status: 'PENDING' })).body).toMatchObject({
      status: 'PENDING',
      description: 'Duplikat',
    });
    expect((await auditOf(books, id)).slice(1)).toMatchObject([
      { operation: 'voucher.update', before: { status: 'PENDING' }, after: { status: 'ARCHIVED' } },
      { operation: 'voucher.update', before: { status: 'ARCHIVED' }, after: { status: 'PENDING' } },
    ]);
    await api('DELETE', `/files/${id}`, books.token);
    expect((await voucher(books, id)).status).toBe('DELETED');
    expect((await patch(books, id, { status: 'PENDING' })).body.details.code).toBe('documents.voucher_deleted');
  });
});

describe('links after posting', () => {
  test('are made also in a locked period, seen from the voucher, and logged', async () => {
    const books = await openBooks();
    const id = await upload(books);
    const entry = await books.post('2026-01-10', lines());
    await books.run(createPeriodLock, { lockedUntilDate: '2026-01-31', comment: 'mva' });
    const linked = await link(books, id, entry.id);
    expect(linked.status).toBe(201);
    expect(linked.body).toMatchObject({ status: 'BOOKED', journal_entries: [{ id: entry.id, linked_later: true }] });
    expect((await auditOf(books, id)).at(-1)).toMatchObject({
      operation: 'voucher.link',
      before: { journal_entries: [] },
      after: { journal_entries: [{ id: entry.id }] },
    });
    expect((await link(books, id, entry.id)).status).toBe(400);
    expect((await unlink(books, id, entry.id)).body.details).toMatchObject({
      code: 'documents.link_locked',
      locked_until: '2026-01-31',
    });
    expect((await api('DELETE', `/files/${id}`, books.token)).body.details.code).toBe('documents.file_in_use');
  });

  test('are taken away in an open period, and the document is kept all the same', async () => {
    const books = await openBooks();
    const id = await upload(books);
    const entry = await books.post('2026-01-10', lines());
    await link(books, id, entry.id);
    const gone = await unlink(books, id, entry.id);
    expect(gone.body).toMatchObject({ status: 'PENDING', journal_entries: [] });
    expect((await auditOf(books, id)).at(-1)).toMatchObject({
      operation: 'voucher.unlink',
      before: { journal_entries: [{ id: entry.id }] },
    });
    expect((await api('DELETE', `/files/${id}`, books.token)).body.details.code).toBe('documents.file_in_use');
    expect((await unlink(books, id, entry.id)).status).toBe(404);
  });

  test('what an entry was posted with is never taken away', async () => {
    const books = await openBooks();
    const id = await upload(books);
    const entry = await books.post('2026-01-10', lines(), { voucher_id: id });
    expect((await unlink(books, id, entry.id)).body.details.code).toBe('documents.own_voucher');
    expect((await link(books, id, entry.id)).status).toBe(400);
  });

  test('not to a draft, an unknown entry, another client account’s entry, nor with a deleted file', async () => {
    const [books, others] = [await openBooks(), await openBooks()];
    const id = await upload(books);
    const draft = await books.run(createDraft, { draft: { entry_date: '2026-01-01' }, language: 'nb' });
    const foreign = await others.post('2026-01-10', lines());
    for (const entryId of [draft.id, foreign.id, 1]) expect((await link(books, id, entryId)).status).toBe(400);
    expect((await link(others, id, foreign.id)).status).toBe(403);
    await api('DELETE', `/files/${id}`, books.token);
    const entry = await books.post('2026-01-10', lines());
    expect((await link(books, id, entry.id)).body.details.code).toBe('documents.voucher_deleted');
  });

  test('linking and deleting at once: either linked and kept, or deleted and not linked', async () => {
    const books = await openBooks();
    const entry = await books.post('2026-01-10', lines());
    for (let round = 0; round < 6; round++) {
      const id = await upload(books);
      const [linked, deleted] = await Promise.all([
        link(books, id, entry.id),
        api('DELETE', `/files/${id}`, books.token),
      ]);
      expect(['201 400', '400 200']).toContain(`${linked.status} ${deleted.status}`);
    }
  });
});

test('filters of the list', async () => {
  const books = await openBooks();
  const project = await addDimensionValue(books, 'project');
  const partner = await addPartner(books);
  const loose = await upload(books, 'løs.pdf');
  const archived = await upload(books, 'gammel.pdf');
  const projectVoucher = await upload(books, 'prosjekt.pdf');
  const partnerVoucher = await upload(books, 'leverandør.pdf');
  const deleted = await upload(books, 'feil.pdf');
  await patch(books, archived, { status: 'ARCHIVED', description: '100% ferdig' });
  await api('DELETE', `/files/${deleted}`, books.token);
  await books.post('2026-01-10', lines({ dimensions: [{ type: 'project', id: project }] }), {
    voucher_id: projectVoucher,
    memo: 'Snekker',
  });
  const second = await books.post('2026-01-11', lines({ business_partner_id: partner }));
  await link(books, partnerVoucher, second.id);
  const collection = await api('POST', '/voucher-collections', books.token, {
    client_account_id: books.clientAccountId,
    name: 'Revisjon',
  });
  await patch(books, loose, { collection_ids: [collection.body.id] });
  const ids = async (query: string) => {
    const { status, body } = await api(
      'GET',
      `/vouchers?client_account_id=${books.clientAccountId}&order_by=id&${query}`,
      books.token,
    );
    expect(status).toBe(200);
    expect(body.meta.records).toBe(body.data.length);
    return body.data.map(({ id }: { id: number }) => id);
  };
  expect(await ids('')).toEqual([loose, archived, projectVoucher, partnerVoucher]);
  expect(await ids('status=BOOKED')).toEqual([projectVoucher, partnerVoucher]);
  expect(await ids('status=PENDING,ARCHIVED')).toEqual([loose, archived]);
  expect(await ids('status=DELETED')).toEqual([deleted]);
  expect(await ids('status=DELETED&has_attachment=true')).toEqual([]);
  expect(await ids('has_journal_entry=true')).toEqual([projectVoucher, partnerVoucher]);
  expect(await ids('has_journal_entry=false')).toEqual([loose, archived]);
  expect(await ids('has_collection=true')).toEqual([loose]);
  expect(await ids(`collection_id=${collection.body.id}`)).toEqual([loose]);
  expect(await ids('has_project=true')).toEqual([projectVoucher]);
  expect(await ids(`project_id=${project}`)).toEqual([projectVoucher]);
  expect(await ids(`business_partner_id=${partner},999`)).toEqual([partnerVoucher]);
  expect(await ids('free_text=SNEKK')).toEqual([projectVoucher]);
  expect(await ids('free_text=%25')).toEqual([archived]);
  expect(await ids('free_text=leverand')).toEqual([partnerVoucher]);
  const bad = await api('GET', '/vouchers?status=GONE', books.token);
  expect(bad.status).toBe(400);
});

test('the list covers one, several or all client accounts, never a foreign one', async () => {
  const [books, others] = [await openBooks(), await openBooks()];
  const id = await upload(books);
  await upload(others);
  const all = await api('GET', '/vouchers', books.token);
  expect(all.body.data.map((one: { id: number }) => one.id)).toEqual([id]);
  expect((await api('GET', `/vouchers?client_account_id=${others.clientAccountId}`, books.token)).status).toBe(403);
  expect(
    (await api('GET', `/vouchers?client_account_id=${books.clientAccountId},${others.clientAccountId}`, books.token))
      .status,
  ).toBe(403);
  expect(
    (await api('GET', `/vouchers?client_account_id=${books.clientAccountId},${books.clientAccountId}`, books.token))
      .status,
  ).toBe(200);
  expect((await api('GET', `/vouchers/${id}`, others.token)).status).toBe(403);
});

describe('collections', () => {
  test('are made, changed, listed with their vouchers, and logged', async () => {
    const books = await openBooks();
    const [first, second] = [await upload(books), await upload(books)];
    const made = await api('POST', '/voucher-collections', books.token, {
      client_account_id: books.clientAccountId,
      name: 'Revisjon 2026',
      description: 'Til revisor',
    });
    expect(made.status).toBe(201);
    const changed = await api('PUT', `/voucher-collections/${made.body.id}`, books.token, { name: 'Revisjon 2025' });
    expect(changed.body).toMatchObject({ name: 'Revisjon 2025', description: 'Til revisor' });
    await patch(books, second, { collection_ids: [made.body.id] });
    const put = await patch(books, first, { collection_ids: [made.body.id] });
    expect(put.body.collections).toEqual([{ id: made.body.id, name: 'Revisjon 2025' }]);
    const { body } = await api(
      'GET',
      `/voucher-collections?client_account_id=${books.clientAccountId}&with=vouchers,created_by`,
      books.token,
    );
    expect(body.meta).toEqual({ page: 1, pages: 1, per_page: 100, records: 1 });
    expect(body.data[0].vouchers.map(({ id }: { id: number }) => id)).toEqual([first, second]);
    await patch(books, first, { collection_ids: [] });
    expect((await voucher(books, first, '?with=collections')).collections).toEqual([]);
    expect((await auditOf(books, made.body.id)).map(({ operation }) => operation)).toEqual([
      'voucher-collection.create',
      'voucher-collection.update',
    ]);
  });

  test.each([
    ['a name beyond 150 characters', { name: 'x'.repeat(151) }],
    ['a blank name', { name: ' ' }],
    ['no name', {}],
    ['a description beyond 1000 characters', { name: 'a', description: 'x'.repeat(1001) }],
  ])('refuse %s', async (_, fault) => {
    const books = await openBooks();
    expect(
      (await api('POST', '/voucher-collections', books.token, { client_account_id: books.clientAccountId, ...fault }))
        .status,
    ).toBe(400);
  });

  test('an unknown or foreign collection is refused', async () => {
    const [books, others] = [await openBooks(), await openBooks()];
    const foreign = await api('POST', '/voucher-collections', others.token, {
      client_account_id: others.clientAccountId,
      name: 'A',
    });
    const id = await upload(books);
    const refused = await patch(books, id, { collection_ids: [foreign.body.id] });
    expect(refused.body.details.fields[0].path).toBe('collection_ids[0]');
    expect((await api('PUT', `/voucher-collections/${foreign.body.id}`, books.token, { name: 'B' })).status).toBe(403);
  });
});
