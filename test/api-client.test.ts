import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/platform/package-root.ts';
import { openBooks, testServer } from './support/books/books.ts';
import { installTools } from './support/server/install-tools.ts';

const folder = join(packageRoot, 'scripts', 'api-client');
const modules = join(folder, 'node_modules');
const run = promisify(execFile);

// The tools have their own versions, independent of the TypeScript version of the project.
beforeAll(() => installTools(folder), 180_000);

describe('docs/openapi.json in the hands of others', () => {
  test('is valid OpenAPI 3.1 for a validator that is not ours', async () => {
    const entry = join(modules, '@seriousme', 'openapi-schema-validator', 'index.js');
    const { Validator } = (await import(pathToFileURL(entry).href)) as {
      Validator: new () => { validate(document: object): Promise<{ valid: boolean; errors?: unknown }> };
    };
    const text = readFileSync(join(packageRoot, 'docs', 'openapi.json'), 'utf8');
    expect(await new Validator().validate(JSON.parse(text) as object)).toEqual({ valid: true });
  });

  test('gives a client that compiles, and walks through bank, assets and reports', { timeout: 240_000 }, async () => {
    mkdirSync(join(folder, 'generated'), { recursive: true });
    const generator = join(modules, 'openapi-typescript', 'bin', 'cli.js');
    const from = join(packageRoot, 'docs', 'openapi.json');
    const options = ['--default-non-nullable=false', '-o', join('generated', 'api.d.ts')];
    await run(process.execPath, [generator, from, ...options], { cwd: folder });
    await run(process.execPath, [join(modules, 'typescript', 'bin', 'tsc'), '-p', '.'], { cwd: folder });

    const books = await openBooks();
    const server = await testServer(books.platform);
    const fetchInside = async (request: Request): Promise<Response> => {
      const body = await request.text();
      const answer = await server.inject({
        method: request.method as 'GET',
        url: request.url,
        headers: Object.fromEntries(request.headers),
        ...(body ? { payload: body } : {}),
      });
      return new Response(answer.body, {
        status: answer.statusCode,
        headers: answer.headers as Record<string, string>,
      });
    };
    const { walk } = (await import(pathToFileURL(join(folder, 'journey.ts')).href)) as {
      walk(fetch: unknown, token: string, clientAccountId: number): Promise<unknown>;
    };
    expect(await walk(fetchInside, books.token, books.clientAccountId)).toMatchObject({
      asset: { name: 'Varebil, hvit', asset_class: 'COMMERCIAL_VEHICLES', is_active: true },
      transaction: { amount: '2500.00', payor_name: 'Kunde AS', currency_code: 'NOK', statements: [] },
      trialBalance: { rows: expect.arrayContaining([expect.objectContaining({ account_code: '3100' })]) },
      refusal: { status: 404, details: { code: expect.any(String) } },
    });
  });
});
