import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../../test/support/books/books.ts';
import { allRoutes } from '../../app.ts';
import { examples } from '../../api-description/examples.ts';
import { apiDescription } from '../../api-description/api-description.ts';
import { requestErrors } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { checker, shapeFaults } from '../http/checks/check.ts';

interface Parameter {
  name?: string;
  in?: string;
  required?: boolean;
  schema?: object;
  $ref?: string;
}

/** Layout that makes API changes visible in a diff: what fits on one line is on one line. */
function inLines(value: unknown, indent = ''): string {
  const text = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || text.length + indent.length <= 900) return text;
  const lines = Object.entries(value).map(
    ([key, inner]) =>
      `${indent} ${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}${inLines(inner, `${indent} `)}`,
  );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description?: string; $ref?: string }>;
}

interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
  'x-error-catalogue': { code: string; status: number; nb: string; en: string }[];
}

const document = apiDescription(allRoutes) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every object within a value, with its path. */
function* objectsIn(value: unknown, at = '#'): Generator<{ at: string; object: Record<string, unknown> }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { at, object: value as Record<string, unknown> };
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${at}/${key}`);
}

function parameterOf(parameter: Parameter): Parameter {
  const name = parameter.$ref?.replace('#/components/parameters/', '');
  return name ? (document.components.parameters![name] as Parameter) : parameter;
}

const byText = (a = '', b = '') => (a < b ? -1 : 1);

describe('the OpenAPI document', () => {
  test('docs/openapi.json is current; `npx vitest run openapi -u` renews it', async () => {
    await expect(`${inLines(document)}\n`).toMatchFileSnapshot(join(packageRoot, 'docs/openapi.json'));
  });

  test('every declared route is in it once, with its access', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations).toHaveLength(allRoutes.length);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`;
      expect(operation.summary, where).not.toBe('');
      expect(
        operation.tags.every((tag) => tags.has(tag)),
        where,
      ).toBe(true);
      const open = operation.security.length === 0;
      expect('401' in operation.responses, where).toBe(!open);
      expect(
        Object.keys(operation.responses).filter((code) => code.startsWith('2')),
        where,
      ).toHaveLength('202' in operation.responses && '200' in operation.responses ? 2 : 1);
    }
  });

  test('path parameters are those of the path, every reference resolves, every schema says what it is', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).toSorted(byText);
      const declared = operation.parameters.map(parameterOf).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name).toSorted(byText), path).toEqual(inPath);
      expect(
        declared.every(({ required }) => required),
        path,
      ).toBe(true);
    }
    for (const { at, object } of objectsIn(document)) {
      if (typeof object.$ref !== 'string') continue;
      const found = object.$ref
        .slice(2)
        .split('/')
        .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], document);
      expect(found, `${at}: ${object.$ref}`).toBeDefined();
    }
    const kinds = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
    for (const { at, object } of objectsIn([document.paths, document.components.schemas])) {
      if (/\/examples?(\/|$)/.test(at)) continue;
      if (typeof object.type === 'string' && !at.endsWith('/properties')) expect(kinds, at).toContain(object.type);
      if (Array.isArray(object.required) && object.properties)
        expect(Object.keys(object.properties), at).toEqual(expect.arrayContaining(object.required));
    }
  });

  test('is small, and names every object by one rule', () => {
    expect(JSON.stringify(document).length).toBeLessThan(700_000);
    for (const { operation } of operations) expect(operation.operationId).toMatch(/^[a-z][a-zA-Z0-9]+$/);
    const schemas = Object.keys(document.components.schemas!);
    expect(schemas.filter((name) => !/^[A-Z][a-zA-Z0-9]+$/.test(name))).toEqual([]);
    expect(schemas).toEqual(
      expect.arrayContaining([
        'Asset',
        'AssetCreateInput',
        'AssetList',
        'BankTransaction',
        'Document',
        'DocumentLine',
        'Id',
        'JournalEntry',
        'JournalEntryLine',
        'ReportTrialBalance',
        'UserSummary',
        'VatReturnSettlement',
      ]),
    );
    for (const { at, object } of objectsIn(document.paths)) expect(object.properties, at).toBeUndefined();
  });

  test('its examples are what the routes take and answer', () => {
    const routes = new Map(
      allRoutes.map((route) => [`${route.method} ${route.prefix ?? '/api/v2'}${route.path}`, route]),
    );
    for (const [at, { body, answer }] of Object.entries(examples)) {
      const route = routes.get(at);
      expect(route, at).toBeDefined();
      if (body !== undefined) expect(checker(route!.body!, 'body')(body).problems, at).toEqual([]);
      if (answer !== undefined) expect(shapeFaults(route!.response!, answer), at).toEqual([]);
    }
  });

  test('holds the whole error catalogue, in both languages', () => {
    const codes = document['x-error-catalogue'].map(({ code }) => code);
    const domains = [...new Set(codes.map((code) => code.split('.')[0]))];
    expect(domains).toEqual([
      'altinn',
      'assets',
      'bank_mailbox',
      'banking',
      'banks',
      'commercial_documents',
      'consumer_invoicing',
      'dialogporten',
      'documents',
      'ehf',
      'enhetsregisteret',
      'events',
      'files',
      'id_porten',
      'imports',
      'integrations',
      'invoice_responses',
      'invoices',
      'jobs',
      'ledger',
      'maskinporten',
      'masters',
      'matching',
      'mva_melding',
      'outbound',
      'payments',
      'peppol',
      'received_invoices',
      'reconciliation',
      'reminders',
      'rendering',
      'reports',
      'request',
      'saf_t_export',
      'saf_t_import',
      'skatteetaten',
      'system_users',
      'tenancy',
      'vat_return',
    ]);
    const { not_found, ...others } = requestErrors;
    expect(codes).toContain(not_found({ what: 'Record' }).code);
    for (const make of Object.values(others)) expect(codes).toContain(make().code);
    for (const { code, status, nb, en } of document['x-error-catalogue']) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect([nb.trim(), en.trim()], code).not.toContain('');
    }
  });

  test('is served as JSON and as a page without scripts', async () => {
    const server = await testServer();
    const answer = await server.inject('/api/v2/openapi.json');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(JSON.parse(JSON.stringify(document)));
    const page = await server.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(page.body).not.toContain('<script');
    for (const { operation } of operations)
      expect(page.body).toContain(`id="${operation.operationId.toLowerCase().replace(/[^a-z0-9]+/g, '-')}"`);
    for (const { code } of document['x-error-catalogue']) expect(page.body).toContain(`<code>${code}</code>`);
  });
});
