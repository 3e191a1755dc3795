import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { auditOf } from '../../../test/support/books/audit.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { multipart, PDF, type Part, withFiles } from '../../../test/support/http/upload.ts';
import { cancelEntry } from '../../ledger/index.ts';
import { createDraft } from '../../ledger/drafts/draft-create.ts';
import { createAccessToken, createUser, forgetCallers } from '../../tenancy/index.ts';
import { createFile, deleteFile, documentsRoutes } from '../index.ts';

const platform = withFiles(testPlatform(), { maxUploadBytes: 2_000_000 });
const api = apiOf(documentsRoutes, platform);

async function send(token: string, parts: readonly Part[], more: Record<string, string> = {}) {
  const { payload, headers } = multipart(parts);
  const reply = await api.server.inject({
    method: 'POST',
    url: '/api/v2/files',
    headers: { authorization: `Bearer ${token}`, 'accept-language': 'en', ...headers, ...more },
    payload,
  });
  return { status: reply.statusCode, body: reply.json(), headers: reply.headers };
}

const form = (books: Books, content: Buffer | string, name = 'faktura.pdf', type = 'application/pdf'): Part[] => [
  { name: 'client_account_id', value: String(books.clientAccountId) },
  { name: 'file', file: { name, type, content } },
];

async function upload(books: Books, content: Buffer | string = PDF(), name = 'faktura.pdf', type = 'application/pdf') {
  const { status, body } = await send(books.token, form(books, content, name, type));
  expect(body).toMatchObject({ id: expect.any(Number) });
  expect(status).toBe(201);
  return body;
}

function download(token: string, id: number, headers: Record<string, string> = {}, query = '') {
  return api.server.inject({
    url: `/api/v2/files/${id}/download${query}`,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

const kept = (books: Books): string[] => {
  try {
    return readdirSync(join(platform.folder, 'files', String(books.clientAccountId)), { recursive: true })
      .map(String)
      .filter((name) => name.length > 60);
  } catch {
    return [];
  }
};
const waiting = () => readdirSync(join(platform.folder, 'incoming'));

/** Another user with a role on the books. */
async function colleague(books: Books, role: 'EM' | 'US' | 'BK') {
  const { database } = platform;
  const token = await database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, async (tx) => {
    const userId = await createUser(tx, {
      email: `${role}-${books.clientAccountId}@test.example`,
      firstName: 'A',
      lastName: 'B',
    });
    await tx.execute(sql`
      insert into client_account_users (client_account_id, user_id, role_id)
      values (${books.clientAccountId}, ${userId}, (select id from roles where code = ${role}))`);
    return (await createAccessToken(tx, { userId, name: 'test' })).token;
  });
  forgetCallers(database);
  return token;
}

describe('uploading', () => {
  test('keeps the content under its hash, and makes file and voucher of one id', async () => {
    const books = await openBooks();
    const content = PDF('første');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const file = await upload(books, content, 'Faktura nr 1 – Åse.pdf');
    expect(file).toMatchObject({
      client_account_id: books.clientAccountId,
      name: 'Faktura nr 1 – Åse.pdf',
      content_type: 'application/pdf',
      size_bytes: Buffer.byteLength(content),
      sha256,
      processing_track: 'DEFAULT',
      is_active: true,
      created_by_id: books.userId,
    });
    expect(kept(books)).toEqual([`${sha256.slice(0, 2)}/${sha256}`]);
    expect(statSync(join(platform.folder, 'files', String(books.clientAccountId), kept(books)[0]!)).mode & 0o077).toBe(
      0,
    );
    expect((await api('GET', `/files/${file.id}`, books.token)).body).toEqual(file);
    expect(await auditOf(books, file.id)).toMatchObject([{ operation: 'file.create', after: { sha256 } }]);
  });

  test('the same content is one file per client account, also when sent at once; another client account has its own', async () => {
    const [books, others] = [await openBooks(), await openBooks()];
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) => send(books.token, form(books, PDF('lik'), `${i}.pdf`))),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect((await upload(others, PDF('lik'))).client_account_id).toBe(others.clientAccountId);
    expect(kept(books)).toHaveLength(1);
    const { body } = await api('GET', `/files?client_account_id=${books.clientAccountId}`, books.token);
    expect(body.meta.records).toBe(1);
  });

  test('megabytes stream through; the field may come after the file', async () => {
    const books = await openBooks();
    const content = Buffer.concat([Buffer.from(PDF()), Buffer.alloc(1_900_000, 'x')]);
    const answer = await send(books.token, form(books, content).toReversed());
    expect(answer.body).toMatchObject({ size_bytes: content.length });
    const back = await download(books.token, answer.body.id);
    expect(back.rawPayload.equals(content)).toBe(true);
  });

  test.each([
    [
      'a file beyond the limit',
      () => [Buffer.concat([Buffer.from(PDF()), Buffer.alloc(2_000_000)])],
      413,
      'request.too_large',
    ],
    ['an empty file', () => [''], 400, 'request.invalid'],
    [
      'a program',
      () => [Buffer.from('\x7fELF\x02\x01\x01\0\0'), 'faktura.pdf', 'application/octet-stream'],
      415,
      'documents.unsupported_content',
    ],
    ['content other than declared', () => [PDF(), 'bilde.png', 'image/png'], 400, 'request.invalid'],
    [
      'a picture that is a page',
      () => ['<html><script>alert(1)</script>', 'bilde.jpg', 'image/jpeg'],
      400,
      'request.invalid',
    ],
  ] as [string, () => [Buffer | string, string?, string?], number, string][])(
    'refuses %s, and leaves nothing',
    async (_, content, status, code) => {
      const books = await openBooks();
      const refused = await send(books.token, form(books, ...content()));
      expect([refused.status, refused.body.details.code]).toEqual([status, code]);
      expect(kept(books)).toEqual([]);
      await expect.poll(waiting).toEqual([]);
    },
  );

  test.each([
    ['no file', (b: Books) => form(b, PDF()).slice(0, 1), ['file']],
    ['a file as text', (b: Books) => [...form(b, '').slice(0, 1), { name: 'file', value: 'x' }], ['file']],
    ['no client account', (b: Books) => form(b, PDF()).slice(1), ['client_account_id']],
    [
      'an unknown track',
      (b: Books) => [...form(b, PDF()), { name: 'processing_track', value: 'SLOW' }],
      ['processing_track'],
    ],
    ['an unknown field', (b: Books) => [...form(b, PDF()), { name: 'colour', value: 'red' }], ['colour']],
    ['two files', (b: Books) => [...form(b, PDF()), form(b, PDF())[1]!], ['file']],
  ])('refuses %s', async (_, parts, fields) => {
    const books = await openBooks();
    const refused = await send(books.token, parts(books));
    expect(refused.status).toBe(400);
    expect(refused.body.details.fields.map((problem: { path: string }) => problem.path)).toEqual(fields);
    await expect.poll(waiting).toEqual([]);
  });

  test('who may not: no token 401, a foreign client account 403, a reader 403; JSON is 415', async () => {
    const [books, others] = [await openBooks(), await openBooks()];
    expect((await send('', form(books, PDF()))).status).toBe(401);
    expect((await send(others.token, form(books, PDF()))).status).toBe(403);
    expect((await send(await colleague(books, 'US'), form(books, PDF()))).status).toBe(403);
    const json = await api(
      'POST',
      '/files',
      books.token,
      { client_account_id: books.clientAccountId },
      { 'accept-language': 'en' },
    );
    expect([json.status, json.body.message]).toEqual([415, 'Unsupported content type; expected multipart/form-data']);
    expect((await api('POST', '/files', 'nobody', { client_account_id: books.clientAccountId })).status).toBe(401);
    expect(kept(books)).toEqual([]);
    await expect.poll(waiting).toEqual([]);
  });

  test('the same Idempotency-Key answers the same, and another file under it is a conflict', async () => {
    const books = await openBooks();
    const first = await send(books.token, form(books, PDF('a')), { 'idempotency-key': 'u1' });
    const again = await send(books.token, form(books, PDF('a')), { 'idempotency-key': 'u1' });
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await send(books.token, form(books, PDF('b')), { 'idempotency-key': 'u1' })).status).toBe(409);
  });

  test.each([
    ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]), 'application/octet-stream'],
    ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg'],
    ['image/heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), 'image/heic'],
    ['text/csv', 'dato;beløp\n', 'text/csv'],
    ['application/xml', '<?xml version="1.0"?><Invoice/>', 'application/octet-stream'],
    ['text/xml', '<?xml version="1.0"?><Invoice/>', 'text/xml'],
    [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      Buffer.from('PK\x03\x04rest'),
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
  ])('knows %s by its content', async (type, content, declared) => {
    const books = await openBooks();
    expect(await upload(books, content, 'x', declared)).toMatchObject({ content_type: type });
  });
});

describe('downloading', () => {
  test('sends the content with a safe name, a fixed type and no rights', async () => {
    const books = await openBooks();
    const file = await upload(books, PDF(), '..\\..\\Ærlig; «x»\u202e.pdf');
    const back = await download(books.token, file.id);
    expect(back.statusCode).toBe(200);
    expect(back.body).toBe(PDF());
    expect(back.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(PDF().length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      etag: `"${file.sha256}"`,
    });
    expect(back.headers['content-disposition']).toMatch(
      /^attachment; filename="[\x20-\x7e]+\.pdf"; filename\*=UTF-8''[\w%.;-]+$/,
    );
    expect((await download(books.token, file.id, {}, '?inline=true')).headers['content-disposition']).toMatch(
      /^inline; /,
    );
    expect((await download(books.token, file.id, { 'if-none-match': `"${file.sha256}"` })).statusCode).toBe(304);
  });

  test('a page is saved, never shown', async () => {
    const books = await openBooks();
    const file = await upload(books, '<html><script>alert(1)</script>', 'a.html', 'text/html');
    expect((await download(books.token, file.id, {}, '?inline=true')).headers['content-disposition']).toMatch(
      /^attachment; /,
    );
  });

  test.each([
    ['bytes=0-3', 206, '%PDF', 'bytes 0-3/'],
    ['bytes=-6', 206, '%%EOF\n', 'bytes 15-20/'],
    ['bytes=15-', 206, '%%EOF\n', 'bytes 15-20/'],
    ['bytes=15-999', 206, '%%EOF\n', 'bytes 15-20/'],
    ['bytes=21-', 416, '', 'bytes */'],
    ['bytes=5-2', 200, PDF(), undefined],
    ['bytes=0-1,3-4', 200, PDF(), undefined],
    ['lines=1-2', 200, PDF(), undefined],
  ])('range %s: %i', async (range, status, body, contentRange) => {
    const books = await openBooks();
    const file = await upload(books);
    const back = await download(books.token, file.id, { range });
    expect([back.statusCode, back.body]).toEqual([status, body]);
    if (contentRange === undefined) expect(back.headers['content-range']).toBeUndefined();
    else expect(back.headers['content-range']).toBe(`${contentRange}${file.size_bytes}`);
  });

  test('content that is missing in the store is a fault of ours, told plainly', async () => {
    const books = await openBooks();
    const file = await upload(books, PDF('borte'));
    rmSync(join(platform.folder, 'files', String(books.clientAccountId)), { recursive: true });
    const back = await download(books.token, file.id);
    expect([back.statusCode, back.json().details.code]).toEqual([500, 'files.content_missing']);
  });
});

describe('employees', () => {
  test('send in files and see their own alone', async () => {
    const books = await openBooks();
    const token = await colleague(books, 'EM');
    const others = await upload(books, PDF('andres'));
    const mine = (await send(token, form(books, PDF('min')))).body;
    const { body } = await api('GET', `/files?client_account_id=${books.clientAccountId}`, token);
    expect(body.data.map((file: { id: number }) => file.id)).toEqual([mine.id]);
    expect((await api('GET', `/files/${others.id}`, token)).status).toBe(404);
    expect((await download(token, others.id)).statusCode).toBe(404);
    expect((await api('DELETE', `/files/${others.id}`, token)).status).toBe(404);
    expect((await download(token, mine.id)).body).toBe(PDF('min'));
    expect((await api('DELETE', `/files/${mine.id}`, token)).body).toMatchObject({ is_active: false });
    const all = await api(
      'GET',
      `/files?client_account_id=${books.clientAccountId}&is_active=null&order_by=id`,
      books.token,
    );
    expect(all.body.data.map((file: { id: number }) => file.id)).toEqual([others.id, mine.id]);
  });
});

describe('deleting', () => {
  test('removes the content and keeps the record; the same content can come again', async () => {
    const books = await openBooks();
    const file = await upload(books, PDF('feil'));
    expect((await api('DELETE', `/files/${file.id}`, books.token)).body).toMatchObject({
      id: file.id,
      is_active: false,
    });
    expect(kept(books)).toEqual([]);
    expect((await download(books.token, file.id)).statusCode).toBe(404);
    expect((await api('GET', `/files?client_account_id=${books.clientAccountId}`, books.token)).body.data).toEqual([]);
    await expect(
      books.post('2026-01-10', [debit('6540', 1), credit('1920', 1)], { voucher_id: file.id }),
    ).rejects.toMatchObject({
      code: 'ledger.invalid_entry',
    });
    const again = await upload(books, PDF('feil'), 'riktig.pdf');
    expect(again).toMatchObject({ id: file.id, name: 'riktig.pdf', is_active: true });
    expect((await download(books.token, file.id)).body).toBe(PDF('feil'));
    expect((await auditOf(books, file.id)).map(({ operation }) => operation)).toEqual([
      'file.create',
      'file.delete',
      'file.create',
    ]);
  });

  test('deleting and uploading the same content at once never leaves a record without content', async () => {
    const books = await openBooks();
    for (let round = 0; round < 8; round++) {
      const file = await upload(books, PDF('kappløp'));
      await Promise.all([
        api('DELETE', `/files/${file.id}`, books.token),
        send(books.token, form(books, PDF('kappløp'))),
      ]);
      const { body } = await api('GET', `/files/${file.id}`, books.token);
      const back = await download(books.token, file.id);
      expect(back.statusCode).toBe(body.is_active ? 200 : 404);
    }
  });

  test('what documents an entry is kept, also when the entry is cancelled, and what a draft names', async () => {
    const books = await openBooks();
    const file = await upload(books);
    const entry = await books.post('2026-01-10', [debit('6540', 1), credit('1920', 1)], { voucher_id: file.id });
    const remove = () => api('DELETE', `/files/${file.id}`, books.token);
    expect((await remove()).body.details.code).toBe('documents.file_in_use');
    await books.run(cancelEntry, { id: entry.id, reason: 'feil' });
    expect((await remove()).status).toBe(400);
    const other = await upload(books, PDF('kladd'));
    await books.run(createDraft, { draft: { voucher_id: other.id }, language: 'nb' });
    expect((await api('DELETE', `/files/${other.id}`, books.token)).status).toBe(400);
    expect(kept(books)).toHaveLength(2);
  });

  test('filters the list by type', async () => {
    const books = await openBooks();
    await upload(books);
    const picture = await upload(books, Buffer.from([0xff, 0xd8, 0xff]), 'b.jpg', 'image/jpeg');
    for (const type of ['image', 'image/jpeg']) {
      const { body } = await api('GET', `/files?client_account_id=${books.clientAccountId}&type=${type}`, books.token);
      expect(body.data.map((file: { id: number }) => file.id)).toEqual([picture.id]);
    }
  });
});

test('the file store is never asked within a transaction: neither to keep, to put back nor to remove', async () => {
  const books = await openBooks();
  const files = platform.files;
  const { storage } = files;
  const asked: string[] = [];
  /** A nested transaction is refused, so this throws if one is open. */
  const alone = async (what: string) => {
    asked.push(what);
    const scope = { clientAccounts: [books.clientAccountId], mode: 'read' } as const;
    await platform.database.transaction(scope, (tx) => tx.one(sql`select 1 as one`));
  };
  const watched = {
    ...platform,
    files: {
      ...files,
      storage: {
        has: (key: string) => storage.has(key),
        put: async (...args: Parameters<typeof storage.put>) => (await alone('put'), storage.put(...args)),
        remove: async (...args: Parameters<typeof storage.remove>) => (await alone('remove'), storage.remove(...args)),
        read: storage.read.bind(storage),
      },
    },
  };
  const content = PDF();
  const create = async () => {
    const file = await files.stage(Readable.from([Buffer.from(content)]));
    Object.assign(file, { name: 'faktura.pdf', contentType: 'application/pdf' });
    return (await createFile.call(watched, books.call(), { file, processingTrack: 'DEFAULT' })).value;
  };
  const { id } = await create();
  await deleteFile.call(watched, books.call(), { id });
  expect(kept(books)).toEqual([]);
  expect(await create()).toMatchObject({ id, is_active: true });
  expect([asked, kept(books).length]).toEqual([['put', 'remove', 'put'], 1]);
});
