import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import sql from 'sql-template-tag';
import { read } from '../../../test/support/bank/bank.ts';
import { findings } from '../../../test/support/bank/bank-findings.ts';
import { addPartner, type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { randomInvoices } from '../../../test/support/outside/random-invoices.ts';
import { multipart, PDF, withFiles } from '../../../test/support/http/upload.ts';
import { bankingRoutes } from '../../banking/index.ts';
import { documentsRoutes } from '../../documents/index.ts';
import { type Invoice, withSums, writeInvoice } from '../../ehf/index.ts';
import { SCOPES } from '../../platform/caller.ts';
import { createAccessToken, createUser, forgetCallers } from '../../tenancy/index.ts';
import { invoiceRoutes } from '../index.ts';

const platform = withFiles(testPlatform());
const api = apiOf([...bankingRoutes, ...documentsRoutes, ...invoiceRoutes], platform);

const [plain] = [...randomInvoices(11, 60, 2)].filter(
  ({ kind, currency, attachments }) => kind === 'Invoice' && currency === 'NOK' && attachments.length === 1,
) as [Invoice];

/** A valid invoice of two lines at 25 % and 15 %. */
function invoice(number: string, more: Partial<Invoice> = {}): Invoice {
  const [first, second] = plain.lines as [Invoice['lines'][number], Invoice['lines'][number]];
  const line = (of: typeof first, price: bigint, rate: bigint) => ({
    ...of,
    quantity: { value: 1n, scale: 0 },
    price: { value: price, scale: 0 },
    baseQuantity: null,
    allowances: [],
    amount: price * 100n,
    tax: { code: 'S', percent: { value: rate, scale: 0 } },
  });
  return withSums({
    ...plain,
    number,
    allowances: [],
    period: null,
    lines: [line(first, 1000n, 25n), line(second, 200n, 15n)],
    ...more,
  });
}

async function setting({ four_eyes = false } = {}) {
  const books = await openBooks({ organizationNumber: '123456785' });
  const supplier = await addPartner(books, 'Verkstedet AS');
  await books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
    tx.execute(sql`
      update business_partners set organization_number = '991 825 827 MVA',
        bank_accounts = '[{"account_number": "1503.40.11238"}]'
      where client_account_id = ${books.clientAccountId} and id = ${supplier}`),
  );
  const call = (method: string, path: string, body?: object, token = books.token) => api(method, path, token, body);
  await call('PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, {
    four_eyes,
    is_vat_registered: true,
  });
  return { books, supplier, call, send: (content: string | Buffer, more: object = {}) => send(books, content, more) };
}

async function send(
  books: Books,
  content: string | Buffer,
  {
    name = 'faktura.xml',
    type = 'application/xml',
    instance,
  }: { name?: string; type?: string; instance?: string } = {},
) {
  const { payload, headers } = multipart([
    { name: 'client_account_id', value: String(books.clientAccountId) },
    ...(instance
      ? [
          { name: 'channel', value: 'PEPPOL' },
          { name: 'instance_id', value: instance },
        ]
      : []),
    { name: 'file', file: { name, type, content: content.toString() } },
  ]);
  const reply = await api.server.inject({
    method: 'POST',
    url: '/api/v2/received-invoices',
    headers: { authorization: `Bearer ${books.token}`, ...headers },
    payload,
  });
  return { status: reply.statusCode, body: reply.json() };
}

/** Another bookkeeper of the client account. */
async function colleague({ platform: { database }, clientAccountId, userId }: Books): Promise<string> {
  const token = await database.transaction({ clientAccounts: [clientAccountId], mode: 'write', userId }, async (tx) => {
    const id = await createUser(tx, {
      email: `${clientAccountId}@colleague.example`,
      firstName: 'Ola',
      lastName: 'Hansen',
    });
    await tx.execute(sql`
      insert into client_account_users (client_account_id, user_id, role_id, created_by_id)
      values (${clientAccountId}, ${id}, 4, ${userId})`);
    return (await createAccessToken(tx, { userId: id, name: 'test', scopes: [...SCOPES] })).token;
  });
  forgetCallers(database);
  return token;
}

test('received, prepared, approved: a bill with the VAT that it states, booked as the supplier’s bills are', async () => {
  const { books, supplier, call, send: deliver } = await setting();
  for (const number of ['A', 'B'])
    await call('POST', '/documents', {
      client_account_id: books.clientAccountId,
      document_type: 'APINV',
      document_number: number,
      document_date: '2026-02-01',
      business_partner_id: supplier,
      lines: [{ account_code: '6800', amount: 10, tax_code: '1' }],
    });
  const xml = writeInvoice(invoice('F-1'));
  const { status, body } = await deliver(xml, { instance: 'sbdh-1' });
  expect(status, JSON.stringify(body)).toBe(201);
  expect(body).toMatchObject({
    status: 'NEW',
    channel: 'PEPPOL',
    kind: 'INVOICE',
    supplier_number: '991825827',
    document_number: 'F-1',
    gross_amount: '1480.00',
    business_partner_id: supplier,
    findings: [],
    suggestion: {
      payee_account_is_known: true,
      lines: [
        {
          account_code: '6800',
          amount: '1000.00',
          tax_code: '1',
          reason_nb: '2 av de siste 2 linjene fra leverandøren er ført på 6800',
        },
        { account_code: '6800', amount: '200.00', tax_code: '11' },
      ],
    },
  });
  expect(body.attachment_ids).toHaveLength(1);
  const content = await api.server.inject({
    url: `/api/v2/files/${body.file_id}/download`,
    headers: { authorization: `Bearer ${books.token}` },
  });
  expect(content.body).toBe(xml);
  expect((await call('POST', `/received-invoices/${body.id}/approve`)).body.details).toMatchObject({
    code: 'received_invoices.wrong_status',
  });
  expect((await call('POST', `/received-invoices/${body.id}/prepare`, {})).body.status).toBe('PREPARED');
  const [approved, again] = await Promise.all([1, 2].map(() => call('POST', `/received-invoices/${body.id}/approve`)));
  expect([approved!.status, again!.status].toSorted((a, b) => a - b)).toEqual([200, 409]);
  const done = await call('GET', `/received-invoices/${body.id}`);
  const document = await call('GET', `/documents/${done.body.document_id}`);
  expect(document.body).toMatchObject({
    document_type: 'APINV',
    document_status: 'POSTED',
    document_number: 'F-1',
    gross_amount: '1480.00',
    tax_amount: '280.00',
    voucher_id: body.file_id,
    attachment_ids: body.attachment_ids,
    payment_reference: plain.paymentMeans[0]!.reference,
  });
  for (const file of [body.file_id, ...body.attachment_ids])
    expect((await call('DELETE', `/files/${file}`)).body.details).toMatchObject({ code: 'documents.file_in_use' });
  expect(await findings(books)).toEqual([]);
});

describe('what comes twice', () => {
  test('the same delivery, the same bytes, the same number', async () => {
    const { books, send: deliver } = await setting();
    const first = await deliver(writeInvoice(invoice('F-1')), { instance: 'one' });
    const answers = await Promise.all([
      deliver(writeInvoice(invoice('F-1')), { instance: 'one' }),
      deliver(writeInvoice(invoice('F-1')), { instance: 'two' }),
      deliver(writeInvoice(invoice('F-1'))),
    ]);
    for (const { body } of answers) expect(body.id).toBe(first.body.id);
    const other = await deliver(writeInvoice(invoice('F-1', { note: 'sendt på nytt' })), { instance: 'three' });
    expect(other.body).toMatchObject({ status: 'DUPLICATE', duplicate_of_id: first.body.id });
    const forged = await deliver(writeInvoice(invoice('F-2')), { instance: 'one' });
    expect(forged.body.details).toMatchObject({ code: 'received_invoices.instance_differs' });
    const { count } = await read(books, (tx) =>
      tx.one<{ count: number }>(
        sql`select count(*) as count from received_invoices where client_account_id = ${books.clientAccountId}`,
      ),
    );
    expect(count).toBe(2);
  });
});

describe('what is not right', () => {
  test.each<[string, (xml: string) => string, string]>([
    ['a wrong sum', (xml) => xml.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00'), 'BR-CO-16'],
    ['an unknown unit', (xml) => xml.replace(/unitCode="[^"]*"/, 'unitCode="stk"'), 'BR-CL-23'],
    ['a document type', (xml) => xml.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>'), 'XML'],
    ['half a file', (xml) => xml.slice(0, 900), 'XML'],
    ['another document', () => '<?xml version="1.0"?><Order/>', 'UBL'],
  ])('%s is kept and shown with its rule, and can be refused', async (_, change, rule) => {
    const { call, send: deliver } = await setting();
    const { status, body } = await deliver(change(writeInvoice(invoice('F-9'))));
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'MANUAL', suggestion: null });
    expect(body.findings.map((finding: { rule: string }) => finding.rule)).toContain(rule);
    const refused = await call('POST', `/received-invoices/${body.id}/reject`, { reason: 'Feil sum' });
    expect(refused.body).toMatchObject({ status: 'REJECTED', reject_reason: 'Feil sum' });
    expect((await call('POST', `/received-invoices/${body.id}/prepare`, {})).status).toBe(409);
  });

  test('a PDF is booked by hand', async () => {
    const { supplier, call, send: deliver } = await setting();
    const { body } = await deliver(PDF('en regning'), { name: 'regning.pdf', type: 'application/pdf' });
    expect(body).toMatchObject({ status: 'MANUAL', findings: [], suggestion: null });
    const missing = await call('POST', `/received-invoices/${body.id}/prepare`, {});
    expect(missing.body.details.fields.map(({ path }: { path: string }) => path)).toEqual([
      'business_partner_id',
      'document_number',
      'document_date',
      'lines',
    ]);
    const prepared = await call('POST', `/received-invoices/${body.id}/prepare`, {
      business_partner_id: supplier,
      document_number: '77',
      document_date: '2026-03-01',
      lines: [{ account_code: '6800', amount: '100.00', tax_code: '1' }],
    });
    expect(prepared.status, JSON.stringify(prepared.body)).toBe(200);
    const approved = await call('POST', `/received-invoices/${body.id}/approve`);
    expect(approved.body).toMatchObject({ status: 'APPROVED' });
  });

  test('an unknown supplier is to be registered first', async () => {
    const { call, send: deliver } = await setting();
    const seller = {
      ...plain.seller,
      legalName: 'Ukjent AS',
      legalId: { value: '987654325', scheme: '0192' },
      vatId: 'NO987654325MVA',
    };
    const { body } = await deliver(writeInvoice(invoice('X-1', { seller })));
    expect(body).toMatchObject({ status: 'NEW', business_partner_id: null });
    const answer = await call('POST', `/received-invoices/${body.id}/prepare`, {});
    expect(answer.body.details).toMatchObject({ code: 'received_invoices.supplier_missing' });
  });
});

test('four eyes: who prepares does not approve', async () => {
  const { books, call, send: deliver } = await setting({ four_eyes: true });
  const { body } = await deliver(writeInvoice(invoice('F-4')));
  const lines = body.suggestion.lines.map(({ amount, tax_code }: { amount: string; tax_code: string }) => ({
    account_code: '6800',
    amount,
    tax_code,
  }));
  await call('POST', `/received-invoices/${body.id}/prepare`, { lines });
  const own = await call('POST', `/received-invoices/${body.id}/approve`);
  expect(own.body.details).toMatchObject({ code: 'received_invoices.four_eyes' });
  const other = await call('POST', `/received-invoices/${body.id}/approve`, undefined, await colleague(books));
  expect(other.body, JSON.stringify(other.body)).toMatchObject({ status: 'APPROVED' });
});

const SAMPLES = new URL('../../../../shared/reference/peppol/samples/', import.meta.url);
test.skipIf(!existsSync(SAMPLES))('the public Norwegian sample is taken in with its rounding', async () => {
  const { send: deliver } = await setting();
  const { body } = await deliver(readFileSync(new URL('openpeppol-norwegian-example-1.xml', SAMPLES)));
  expect(body).toMatchObject({
    status: 'NEW',
    document_number: 'TOSL108',
    gross_amount: '802.00',
    supplier_name: 'The Sellercompany ASA',
  });
  expect(body.suggestion.gross_amount).toBe('1802.00');
  expect(body.suggestion.lines.at(-1)).toMatchObject({ account_code: '7740', amount: '0.22' });
});
