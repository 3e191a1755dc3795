import { beforeAll, describe, expect, test } from 'vitest';
import { bankImportJob } from '../../src/banking/index.ts';
import type { JobEnd, JobKind, StoredUpload } from '../../src/platform/jobs/job-queue.ts';
import { fetchUpload } from '../../src/platform/jobs/job-uploads.ts';
import { importJob } from '../../src/saf-t-import/index.ts';
import { asOwner } from '../support/books/people.ts';
import { attacked } from './support/attacked.ts';
import type { Answer } from './support/caller.ts';
import { HOSTILE_FILES } from './support/hostile-files.ts';
import type { Attacked } from './support/server.ts';
import { newOwned, type Owned } from './support/world.ts';
import { fingerprint } from './fuzz/untouched.ts';

/** Processor time that any of these may cost, on a slow machine; a quadratic one costs twice that and more. */
const MOST_SECONDS = 3;

let running: Attacked;
let owned: Owned;
let before: Record<string, string>;
beforeAll(async () => {
  running = await attacked();
  owned = await newOwned(running.server, running.platform.database);
  before = await books();
});

/** The books themselves; jobs, imports, stored files and the audit log record the attempts. */
async function books(): Promise<Record<string, string>> {
  const {
    jobs: _,
    files: __,
    vouchers: ___,
    audit_log: ____,
    client_account_heads: _____,
    bank_imports: ______,
    ...rest
  } = await fingerprint(running.connection, owned.clientAccountId);
  return rest;
}

async function secondsOf<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1e6];
}

/** Does what a worker would do with the job of an accepted file. */
async function runJob(kind: JobKind, { body }: Answer): Promise<JobEnd> {
  const { rows } = await asOwner('select input from jobs where id = $1', [body.id]);
  const input = rows[0].input as { upload: StoredUpload };
  return kind.run({
    jobId: body.id as number,
    userId: owned.ownerId,
    clientAccountId: owned.clientAccountId,
    input,
    upload: await fetchUpload(running.platform.files!, input.upload),
    attempt: 1,
    progress: () => {},
    signal: new AbortController().signal,
  });
}

const imports: readonly [name: string, path: string, kind: () => JobKind][] = [
  ['as a bank file', '/banking/imports', () => bankImportJob(running.platform)],
  ['as SAF-T', '/imports/saf-t', () => importJob(running.platform)],
];

describe.each(HOSTILE_FILES.map((file) => [file.name, file] as const))('%s', (_, file) => {
  test.each(imports)('%s is refused with a reason, soon', { timeout: 240_000 }, async (__, path, kind) => {
    const content = await file.make();
    const query = `?client_account_id=${owned.clientAccountId}&file_name=${encodeURIComponent('../../x.xml')}`;
    const [outcome, seconds] = await secondsOf(async () => {
      const answer = await owned.owner.send('POST', path + query, content, {
        'content-type': 'application/octet-stream',
      });
      if (answer.status !== 202) return answer.status;
      const end = await runJob(kind(), answer);
      return end.status === 'failed' && (end.errors as unknown[]).length > 0
        ? 'refused'
        : `${end.status} ${JSON.stringify(end.result)}`;
    });
    expect(outcome).toBeOneOf(['refused', 400, 413, 415]);
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });

  test('as a voucher is kept as it is or refused, soon', { timeout: 240_000 }, async () => {
    const content = await file.make();
    const [answer, seconds] = await secondsOf(() =>
      owned.owner.form('/files', [
        { name: 'client_account_id', value: String(owned.clientAccountId) },
        { name: 'file', file: { name: '../../x.xml', type: 'application/xml', content } },
      ]),
    );
    expect(answer.status).toBeOneOf([201, 400, 409, 413, 415]);
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });
});

test('after all of them the books are as before, and the server is ready', async () => {
  expect(await books()).toEqual(before);
  expect((await running.server.inject({ url: '/readyz' })).statusCode).toBe(200);
});

describe('names of uploaded files', () => {
  const NAMES = [
    '../../../../etc/passwd',
    '..\\..\\windows\\system32\\x.dll',
    '/etc/passwd',
    'a\0.pdf',
    '.',
    '..',
    '~/.ssh/authorized_keys',
    'CON',
    'x'.repeat(9_000),
    `a${' '.repeat(9_000)}.pdf`,
    `a${'.'.repeat(9_000)}`,
    '\u202egpj.exe',
    '<img src=x onerror=alert(1)>.pdf',
    'a.pdf\r\nX-Evil: 1',
  ];

  test.each(NAMES)('%j ends as a plain name, in its own place', async (name) => {
    const content = `%PDF-1.7\n${name.length}${name.slice(0, 20)}\n%%EOF\n`;
    const [answer, seconds] = await secondsOf(() =>
      owned.owner.form('/files', [
        { name: 'client_account_id', value: String(owned.clientAccountId) },
        { name: 'file', file: { name: name.replace(/"/g, ''), type: 'application/pdf', content } },
      ]),
    );
    expect(answer.status).toBeOneOf([201, 400, 413]);
    expect(seconds).toBeLessThan(MOST_SECONDS);
    if (answer.status !== 201) return;
    const download = await owned.owner.send('GET', `/files/${answer.body.id}/download`);
    const header = String(download.headers['content-disposition']);
    expect(header).not.toMatch(/[\r\n\0/\\<>]|\.\./);
    expect(download.headers).not.toHaveProperty('x-evil');
  });

  test.each(['/banking/imports', '/imports/saf-t'])(
    '%s: a name of hundreds of thousands of signs is refused at once',
    async (path) => {
      for (const name of [' '.repeat(200_000), `${'.'.repeat(200_000)}x`, `${' .'.repeat(100_000)}x`]) {
        const query = `?client_account_id=${owned.clientAccountId}&file_name=${encodeURIComponent(name)}`;
        const [answer, seconds] = await secondsOf(() =>
          owned.owner.send('POST', path + query, Buffer.from('<a/>'), { 'content-type': 'application/xml' }),
        );
        expect(answer.status).toBeOneOf([400, 413, 414, 431]);
        expect(seconds).toBeLessThan(MOST_SECONDS);
      }
    },
  );
});
