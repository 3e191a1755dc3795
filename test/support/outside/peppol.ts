import { randomInt } from 'node:crypto';
import sql from 'sql-template-tag';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { bankingRoutes } from '../../../src/banking/index.ts';
import { integrationRoutes } from '../../../src/integrations/index.ts';
import { invoiceRoutes } from '../../../src/invoices/index.ts';
import { mod11CheckDigit } from '../../../src/kernel/check-digits.ts';
import type { FileStore } from '../../../src/platform/files/file-store.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import { addHouseAccount } from '../bank/bank.ts';
import { addPartner, type Books, openBooks, testDatabase, testPlatform } from '../books/books.ts';
import { type Answer, apiOf, type DomainApi } from '../http/domain-api.ts';
import { connect, type MovingClock } from './sandbox.ts';
import { withFiles } from '../http/upload.ts';

/** A unique organisation number, because the network registers each once. */
export function syntheticNumber(): string {
  for (;;) {
    const digits = String(randomInt(31_500_000, 39_999_999));
    const check = mod11CheckDigit(digits);
    if (check !== null) return `${digits}${check}`;
  }
}

export interface PeppolApi {
  platform: Platform & { files: FileStore };
  api: DomainApi;
  logged: string[];
}

/** A server that is connected to the stand-ins of Peppol. */
export async function peppolApi(
  sandbox: Sandbox,
  clock: MovingClock,
  more: { timeoutMs?: number; environment?: Record<string, string> } = {},
): Promise<PeppolApi> {
  const { outside, logged } = await connect(sandbox, clock, { ...more, database: testDatabase() });
  const platform = { ...withFiles(testPlatform(clock)), outside };
  return { platform, logged, api: apiOf([...bankingRoutes, ...invoiceRoutes, ...integrationRoutes], platform) };
}

export interface Trader {
  books: Books;
  number: string;
  call(method: string, path: string, body?: object): Promise<Answer>;
  status(): Promise<Answer>;
  turn(isActive: boolean, more?: object): Promise<Answer>;
  /** A customer with an organisation number, and perhaps a mail address. */
  customer(number: string, email?: string): Promise<number>;
  /** A posted invoice to a customer. */
  invoice(partner: number, more?: object): Promise<number>;
  send(id: number, body?: object): Promise<Answer>;
}

/** A client account that invoices, with a unique organisation number. */
export async function trader({ api }: PeppolApi, clock: MovingClock, number = syntheticNumber()): Promise<Trader> {
  const books = await openBooks({ clock, organizationNumber: number, name: `Handel ${number} AS` });
  const bank = await addHouseAccount(books);
  const call: Trader['call'] = (method, path, body) => api(method, path, books.token, body);
  const peppol = `/integrations/peppol/status?client_account_id=${books.clientAccountId}`;
  await call('PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, {
    bank_account_id: bank,
    is_vat_registered: true,
  });
  return {
    books,
    number,
    call,
    status: () => call('GET', peppol),
    turn: (isActive, more = {}) => call('PATCH', peppol, { is_active: isActive, ...more }),
    async customer(organizationNumber, email) {
      const id = await addPartner(books, `Kunde ${organizationNumber} AS`);
      await books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
        tx.execute(sql`
          update business_partners set organization_number = ${organizationNumber}, email = ${email ?? null}
          where client_account_id = ${books.clientAccountId} and id = ${id}`),
      );
      return id;
    },
    invoice: async (partner, more = {}) =>
      (
        await call('POST', '/documents', {
          client_account_id: books.clientAccountId,
          document_type: 'ARINV',
          document_date: '2026-03-01',
          business_partner_id: partner,
          buyer_reference: 'PO-42',
          lines: [{ account_code: '3000', description: 'Service', quantity: 1, unit_price: 100, tax_code: '3' }],
          ...more,
        })
      ).body.id as number,
    send: (id, body = {}) => call('POST', `/documents/${id}/send`, body),
  };
}
