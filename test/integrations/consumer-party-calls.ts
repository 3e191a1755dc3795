import sql from 'sql-template-tag';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { bankingRoutes } from '../../src/banking/index.ts';
import { consumerChannels, consumerInvoicingRoutes, lookConsumersUp } from '../../src/consumer-invoicing/index.ts';
import { invoiceRoutes } from '../../src/invoices/index.ts';
import { takeIds } from '../../src/ledger/index.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Platform } from '../../src/platform/operation.ts';
import { addHouseAccount, read, write } from '../support/bank/bank.ts';
import { addPartner, openBooks, testPlatform } from '../support/books/books.ts';
import { apiOf } from '../support/http/domain-api.ts';
import { connect, type MovingClock } from '../support/outside/sandbox.ts';
import type { FaultAnswer, FaultCall } from './faults.ts';

const SERVICE = 'eFaktura';

/** Our calls to the network of eFaktura: the company's agreement, its consumers, and presenting an invoice. */
export async function consumerPartyCalls(sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  const platformOf = async (timeoutMs?: number): Promise<Platform> => {
    const { outside } = await connect(sandbox, clock, timeoutMs === undefined ? {} : { timeoutMs });
    return { ...testPlatform(clock), publicUrl: 'http://127.0.0.1:8080', outside: { ...outside, consumerChannels } };
  };
  const platforms = [await platformOf(), await platformOf(500)];
  const routes = [...bankingRoutes, ...invoiceRoutes, ...consumerInvoicingRoutes];
  const apis = platforms.map((platform) => apiOf(routes, platform));
  const books = await openBooks({ organizationNumber: '313367002', name: 'Kraftlag AS', clock });
  const id = books.clientAccountId;
  const partner = await addPartner(books, 'Åse Øverås');
  const bank = await addHouseAccount(books);
  const call = (isSlow: boolean, method: string, path: string, body?: object): Promise<FaultAnswer> =>
    apis[isSlow ? 1 : 0]!(method, path, books.token, body, { 'accept-language': 'en' });
  const agreement = `/consumer-invoicing/issuer-agreement?client_account_id=${id}`;
  await call(false, 'PUT', `/invoice-settings?client_account_id=${id}`, {
    bank_account_id: bank,
    is_vat_registered: true,
  });

  const confirmed = () =>
    write(books, async (tx) => {
      const now = clock.now();
      await tx.execute(sql`
        insert into issuer_agreements (client_account_id, id, state, signer_name, signer_email, expires_at, ordered_at,
          ordered_by_id, state_at)
        values (${id}, ${await takeIds(tx, id)}, 'CONFIRMED', 'Kari', 'kari@example.test', ${now}, ${now}, ${books.userId}, ${now})
        on conflict do nothing`);
    });
  const stateIs = async (expected: string) => {
    const rows = await read(books, (tx) =>
      tx.rows<{ state: string }>(sql`
        select state from issuer_agreements where client_account_id = ${id} order by id desc limit 1`),
    );
    if (rows[0]?.state !== expected) throw new Error(`the agreement is ${rows[0]?.state}`);
  };
  const consumer = async () => {
    const { sequence_number: number } = await read(books, (tx) =>
      tx.one<{ sequence_number: number }>(sql`
        select sequence_number from business_partners where client_account_id = ${id} and id = ${partner}`),
    );
    await call(false, 'POST', `/consumer-invoicing/consumers?client_account_id=${id}`, {
      reference_number: String(number),
      phone: '+4740000001',
    });
    return write(books, (tx) =>
      tx.execute(sql`update consumer_agreements set looked_up_at = null where client_account_id = ${id}`),
    );
  };

  let document = 0;
  return [
    {
      party: 'efaktura',
      service: SERVICE,
      name: 'state of an issuer (POST /consumer-invoicing/issuer-agreement)',
      path: '^/issuers/\\d{9}$',
      healthy: 202,
      prepare: () =>
        write(books, async (tx) => {
          await tx.execute(sql`
            update issuer_agreements set state = 'DISABLED' where client_account_id = ${id} and state = 'CONFIRMED'`);
        }),
      ask: (isSlow) => call(isSlow, 'POST', agreement, { signer_name: 'Kari', signer_email: 'kari@example.test' }),
    },
    {
      party: 'efaktura',
      service: SERVICE,
      name: 'end of an issuer (DELETE /consumer-invoicing/issuer-agreement)',
      path: '^/issuers/\\d{9}$',
      healthy: 200,
      async prepare() {
        await write(books, (tx) =>
          tx.execute(sql`
            update issuer_agreements set state = 'EXPIRED' where client_account_id = ${id} and state = 'PENDING'`),
        );
        await confirmed();
      },
      ask: (isSlow) => call(isSlow, 'DELETE', agreement),
      intact: () => stateIs('CONFIRMED'),
    },
    {
      party: 'efaktura',
      service: SERVICE,
      name: 'lookup of consumers (by the clock)',
      path: '^/lookups$',
      healthy: 200,
      async prepare() {
        await confirmed();
        await consumer();
      },
      async ask(isSlow) {
        try {
          await lookConsumersUp(platforms[isSlow ? 1 : 0]!, id);
          return { status: 200, body: {} };
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          return { status: error.spec.status, body: { message: error.sentence('en'), details: { code: error.code } } };
        }
      },
      async intact() {
        const rows = await read(books, (tx) =>
          tx.rows(sql`select 1 from consumer_agreements where client_account_id = ${id} and looked_up_at is not null`),
        );
        if (rows.length > 0) throw new Error('a consumer counts as looked up');
      },
    },
    {
      party: 'efaktura',
      service: SERVICE,
      name: 'an invoice presented (POST /documents/{id}/send, and by the clock until it is known what became of it)',
      path: '/invoices/',
      healthy: 200,
      async prepare() {
        await confirmed();
        await consumer();
        await lookConsumersUp(platforms[0]!, id);
        const { body } = await call(false, 'POST', '/documents', {
          client_account_id: id,
          document_type: 'ARINV',
          document_date: '2026-03-01',
          business_partner_id: partner,
          lines: [{ account_code: '3000', description: 'Nettleie', quantity: 1, unit_price: 100, tax_code: '3' }],
        });
        document = (body as { id: number }).id;
      },
      ask: (isSlow) => call(isSlow, 'POST', `/documents/${document}/send`, {}),
      outcomeOf({ status, body }) {
        const { channel, status: state } = body as { channel: string; status: string };
        return `${status} ${channel} ${state}`;
      },
      whole: '200 EFAKTURA SENT',
      failed: /^200 EFAKTURA QUEUED$/,
    },
  ];
}
