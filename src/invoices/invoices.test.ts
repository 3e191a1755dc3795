import { describe, expect, test } from 'vitest';
import sql from 'sql-template-tag';
import { addHouseAccount, read, write } from '../../test/support/bank/bank.ts';
import { addPartner, openBooks, testPlatform } from '../../test/support/books/books.ts';
import { apiOf } from '../../test/support/http/domain-api.ts';
import { hasPdfTools, pageTexts } from '../../test/support/files/pdf-tools.ts';
import { multipart, PDF, withFiles } from '../../test/support/http/upload.ts';
import { bankingRoutes } from '../banking/index.ts';
import { documentsRoutes } from '../documents/index.ts';
import { formatDecimal, readInvoice, validate } from '../ehf/index.ts';
import { takeIds } from '../ledger/index.ts';
import { invoiceRoutes } from './index.ts';

const platform = withFiles(testPlatform());
const api = apiOf([...bankingRoutes, ...documentsRoutes, ...invoiceRoutes], platform);

async function setting() {
  const books = await openBooks({ organizationNumber: '991825827', name: 'Fjellheim Verksted AS' });
  const partner = await addPartner(books, 'Nordlys Entreprenør AS');
  const bank = await addHouseAccount(books, { bban: '15034011238' });
  await books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
    tx.execute(sql`
      update business_partners set organization_number = '123456785', contact_person = 'Kari Nordmann',
        address = '{"street": "Storgata 1", "postal_code": "9008", "city": "Tromsø", "country": "NO"}'
      where client_account_id = ${books.clientAccountId} and id = ${partner}`),
  );
  const call = (method: string, path: string, body?: object) => api(method, path, books.token, body);
  await call('PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, {
    bank_account_id: bank,
    is_vat_registered: true,
    in_business_register: true,
    kid_rules: [{ bank_account_id: bank, modulus: 'MOD11', customer_digits: 0, invoice_digits: 8 }],
  });
  const body = (more: object) => ({
    client_account_id: books.clientAccountId,
    document_type: 'ARINV',
    document_date: '2026-03-01',
    business_partner_id: partner,
    buyer_reference: 'PO-42',
    delivery_date: '2026-02-27',
    ...more,
  });
  const create = async (more: object) => {
    const made = await call('POST', '/documents', body(more));
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body;
  };
  const raw = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const reply = await api.server.inject({
      method,
      url: `/api/v2${path}`,
      headers: { authorization: `Bearer ${books.token}` },
      ...(payload ? { payload } : {}),
    });
    return { status: reply.statusCode, type: reply.headers['content-type'], bytes: reply.rawPayload };
  };
  const ehf = async (id: number) => readInvoice((await raw('GET', `/documents/${id}/ehf`)).bytes);
  return { books, partner, bank, call, body, create, raw, ehf };
}

const line = (more: object) => ({ account_code: '3000', description: 'Service', quantity: 1, tax_code: '3', ...more });

describe('EHF of a document', () => {
  test.each<[string, object[], object]>([
    [
      'three lines whose VAT is rounded on the total',
      [99.99, 99.99, 99.99].map((price) => line({ unit_price: price })),
      {},
    ],
    [
      'by line, as the document says',
      [99.99, 99.99, 99.99].map((price) => line({ unit_price: price })),
      { vat_rounding: 'line' },
    ],
    [
      'several rates, discount, charge and a credit line',
      [
        line({ quantity: '2.5', unit_price: '123.456', unit_code: 'HUR', discount_amount: 10, charge_amount: 3.5 }),
        line({ tax_code: '31', unit_price: 80 }),
        line({ account_code: '3100', tax_code: '5', unit_price: 50 }),
        line({ quantity: -1, unit_price: 20 }),
      ],
      {},
    ],
    [
      'amounts without quantity',
      [
        { account_code: '3000', amount: 100, tax_code: '3' },
        { account_code: '3000', amount: -10, tax_code: '3' },
      ],
      {},
    ],
    [
      'a foreign currency, VAT in kroner too',
      [line({ unit_price: '100.33' }), line({ unit_price: '0.77', quantity: 3 })],
      { currency_code: 'EUR', exchange_rate: '11.4325' },
    ],
  ])('%s: the figures of the books, and every rule', async (_, lines, more) => {
    const { books, create, ehf } = await setting();
    const made = await create({ lines, ...more });
    const document = await ehf(made.id);
    expect(validate(document)).toEqual([]);
    const { invoice } = document;
    expect(invoice.totals.payable).toBe(BigInt(made.gross_amount.replace('.', '')));
    expect(invoice.taxAmount).toBe(BigInt(made.tax_amount.replace('.', '')));
    const [{ vat }] = (await read(books, (tx) =>
      tx.rows<{ vat: string }>(sql`
        select coalesce(sum(credit - debit), 0) as vat from journal_entry_lines
        where client_account_id = ${books.clientAccountId} and entry_id = ${made.journal_entry_id} and account_code like '27%'`),
    )) as [{ vat: string }];
    expect(invoice.accountingTaxAmount ?? invoice.taxAmount).toBe(BigInt(vat));
    expect(invoice).toMatchObject({
      number: made.document_number,
      seller: { vatId: 'NO991825827MVA', taxRegistration: 'Foretaksregisteret' },
      paymentMeans: [{ code: '30', reference: made.payment_reference, account: '15034011238' }],
    });
  });

  test('a credit note refers to what it takes back', async () => {
    const { create, ehf } = await setting();
    const invoice = await create({ lines: [line({ unit_price: 100 })] });
    const credit = await create({
      document_type: 'ARCRN',
      credits_document_id: invoice.id,
      lines: [line({ unit_price: 40 })],
    });
    const document = await ehf(credit.id);
    expect(validate(document)).toEqual([]);
    expect(document.invoice).toMatchObject({
      kind: 'CreditNote',
      precedingInvoices: [{ number: invoice.document_number, issueDate: '2026-03-01' }],
      totals: { payable: 5000n },
    });
    expect(formatDecimal(document.invoice.lines[0]!.quantity!)).toBe('1');
  });

  test('files go with it', async () => {
    const { books, create, ehf } = await setting();
    const { payload, headers } = multipart([
      { name: 'client_account_id', value: String(books.clientAccountId) },
      { name: 'file', file: { name: 'timer.pdf', type: 'application/pdf', content: PDF('timer') } },
    ]);
    const file = await api.server.inject({
      method: 'POST',
      url: '/api/v2/files',
      headers: { authorization: `Bearer ${books.token}`, ...headers },
      payload,
    });
    const made = await create({ attachment_ids: [file.json().id], lines: [line({ unit_price: 1 })] });
    expect(made.attachment_ids).toEqual([file.json().id]);
    const { invoice } = await ehf(made.id);
    expect(Buffer.from(invoice.attachments[0]!.content!, 'base64').toString()).toBe(PDF('timer'));
  });
});

test('what is no invoice, or cannot be one, says so', async () => {
  const { create, call, body } = await setting();
  const bill = await create({
    document_type: 'APINV',
    document_number: '1',
    lines: [{ account_code: '6800', amount: 1 }],
  });
  expect((await call('GET', `/documents/${bill.id}/pdf`)).body.details).toMatchObject({
    code: 'invoices.not_an_invoice',
  });
  const odd = await create({ lines: [line({ unit_price: 100, tax_code: '1' })] });
  expect((await call('GET', `/documents/${odd.id}/ehf`)).body.details).toMatchObject({
    code: 'invoices.figures_differ',
  });
  const other = await openBooks();
  const theirs = await addPartner(other);
  const made = await api('POST', '/documents', other.token, {
    ...body({ lines: [line({ unit_price: 1 })] }),
    client_account_id: other.clientAccountId,
    business_partner_id: theirs,
  });
  const answer = await api('GET', `/documents/${made.body.id}/ehf`, other.token);
  expect(answer.body.details).toMatchObject({ code: 'invoices.no_settings' });
});

describe.skipIf(!hasPdfTools)('PDF', () => {
  test('shows what bokføringsforskriften § 5-1-1 asks for', async () => {
    const { create, raw } = await setting();
    const made = await create({
      delivery_place: 'Tromsø',
      lines: [line({ quantity: 2, unit_code: 'HUR', unit_price: 500 }), line({ tax_code: '31', unit_price: 100 })],
    });
    const { bytes, type } = await raw('GET', `/documents/${made.id}/pdf`);
    expect(type).toBe('application/pdf');
    const [page] = pageTexts(bytes);
    const text = page!.replace(/[\s\u00a0]+/g, ' ');
    for (const shown of [
      'Faktura',
      made.document_number,
      '01.03.2026',
      '15.03.2026',
      '27.02.2026',
      'Tromsø',
      'Fjellheim Verksted AS',
      'Org.nr. 991 825 827 MVA',
      'Foretaksregisteret',
      'Nordlys Entreprenør AS',
      'Storgata 1',
      '9008 Tromsø',
      'Org.nr. 123 456 785',
      'Service',
      'timer',
      '500,00',
      'Mva. 25 % av 1 000,00',
      '250,00',
      'Mva. 15 % av 100,00',
      '15,00',
      'Å betale NOK',
      '1 365,00',
      '1503 40 11238',
      made.payment_reference,
      'Side 1 av 1',
    ])
      expect(text).toContain(shown);
  });

  test('a preview writes nothing and gives no number', async () => {
    const { books, body, raw } = await setting();
    const preview = await raw(
      'POST',
      '/documents/preview',
      body({ language: 'en', lines: [line({ unit_price: 100 })] }),
    );
    expect(preview.status).toBe(200);
    const text = pageTexts(preview.bytes).join(' ');
    expect(text).toContain('Invoice');
    expect(text).toContain('Draft');
    const { count } = await read(books, (tx) =>
      tx.one<{ count: number }>(
        sql`select count(*) as count from documents where client_account_id = ${books.clientAccountId}`,
      ),
    );
    expect(count).toBe(0);
    const refused = await raw('POST', '/documents/preview', body({ lines: [line({ unit_price: -1 })] }));
    expect(refused.status).toBe(400);
  });

  test('a hundred lines are divided into pages, the sums stand on the last', async () => {
    const { create, raw } = await setting();
    const made = await create({
      lines: Array.from({ length: 100 }, (_, i) => line({ unit_price: i + 1, description: `Linje ${i + 1}` })),
    });
    const pages = pageTexts((await raw('GET', `/documents/${made.id}/pdf`)).bytes);
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.join('').match(/Linje \d+/g)).toHaveLength(100);
    expect(pages.filter((page) => page.includes('Å betale'))).toHaveLength(1);
    expect(pages.at(-1)).toContain('Å betale');
  });
});

test('settings name a logo that was removed since: other settings can be changed, the logo cannot be given again', async () => {
  const { books, call } = await setting();
  const logo = await write(books, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key)
      values (${books.clientAccountId}, ${id}, '\\x00', 4, 'image/png', 'logo.png', 'x')`);
    return id;
  });
  const put = (body: object) => call('PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, body);
  expect((await put({ logo_file_id: logo })).status).toBe(200);
  await write(books, (tx) =>
    tx.execute(
      sql`update files set is_active = false where client_account_id = ${books.clientAccountId} and id = ${logo}`,
    ),
  );
  expect((await put({ payment_terms_days: 20 })).body).toMatchObject({ payment_terms_days: 20, logo_file_id: logo });
  expect((await put({ logo_file_id: logo })).status).toBe(400);
});
