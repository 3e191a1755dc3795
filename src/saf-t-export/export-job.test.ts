import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiOf, type DomainApi } from '../../test/support/http/domain-api.ts';
import { credit, debit, openBooks, testPlatform } from '../../test/support/books/books.ts';
import { openJobs, type TestJobs } from '../../test/support/server/jobs.ts';
import { withFiles } from '../../test/support/http/upload.ts';
import { jobRoutes } from '../platform/jobs/jobs.routes.ts';
import type { Platform } from '../platform/operation.ts';
import { safTExportJob, safTExportRoutes } from './index.ts';

const platform: Platform & { folder: string } = withFiles(testPlatform());
const api: DomainApi = apiOf([...safTExportRoutes, ...jobRoutes], platform);
let jobs: TestJobs;

beforeAll(async () => {
  jobs = await openJobs(platform, [safTExportJob(platform, 7)], { prefix: 'saf-t-export-job' });
});
afterAll(() => jobs.close());

test.each([
  ['983746187', 'succeeded'],
  [undefined, 'failed'],
])(
  'an export as a job (organisation number %s) %s',
  async (organizationNumber, status) => {
    const books = await openBooks(organizationNumber ? { organizationNumber } : {});
    await books.post('2025-02-10', [debit('1920', 100), credit('2050', 100)]);
    const path = `/reports/saf-t-financial?client_account_id=${books.clientAccountId}&start_date=2025-01-01&end_date=2025-12-31&as_of=2026-03-15T10:00:00Z`;
    const asked = await api('GET', path, books.token, undefined, { prefer: 'respond-async' });
    expect(asked.status).toBe(202);
    await jobs.run();
    const { body } = await api('GET', `/jobs/${asked.body.id}`, books.token);
    expect(body.status).toBe(status);
    if (status === 'failed') {
      expect(body.errors[0].code).toBe('saf_t_export.organization_number_missing');
      return;
    }
    expect(body.result).toMatchObject({
      content_type: 'application/zip',
      file_name: expect.stringMatching(/^SAF-T Financial_983746187_\d{14}_1_1.zip$/),
    });
    const file = await api.server.inject({
      url: `/api/v2/jobs/${asked.body.id}/file`,
      headers: { authorization: `Bearer ${books.token}` },
    });
    expect(file.statusCode).toBe(200);
    expect(file.rawPayload.subarray(0, 2).toString()).toBe('PK');
  },
  30_000,
);
