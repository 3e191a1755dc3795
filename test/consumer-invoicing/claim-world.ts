import { EFAKTURA_TOKEN } from '../../sandbox/efaktura/efaktura.ts';
import sql from 'sql-template-tag';
import { bankingRoutes } from '../../src/banking/index.ts';
import {
  consumerChannels,
  consumerInvoicingRoutes,
  lookConsumersUp,
  prepareClaimFiles,
} from '../../src/consumer-invoicing/index.ts';
import { deliveryRoutes } from '../../src/bank-delivery/deliveries.routes.ts';
import { invoiceRoutes } from '../../src/invoices/index.ts';
import { makeKid } from '../../src/kernel/kid.ts';
import { takeIds } from '../../src/ledger/index.ts';
import { read, write } from '../support/bank/bank.ts';
import { connectMailboxes, openAtBank, type Provider } from '../support/bank/bank-mailbox.ts';
import { apiOf } from '../support/http/domain-api.ts';
import { openPayer } from '../support/bank/payments.ts';
import { type MovingClock, testSandbox } from '../support/outside/sandbox.ts';

/** KID of ten digits: customer 1-5, invoice 6-9, check digit. */
const KID = { length: 10, reference: '1-5' };

/** A company that claims by AvtaleGiro, its bank's stand-in, and all scheduled work, which is run manually. */
export async function claimWorld(clock: MovingClock) {
  const sandbox = await testSandbox(clock);
  const delivery = await connectMailboxes(sandbox, clock, {
    EFAKTURA_URL: sandbox.addressOf('efaktura'),
    EFAKTURA_TOKEN,
  });
  const platform = { ...delivery.platform, outside: { ...delivery.platform.outside, consumerChannels } };
  const api = apiOf([...bankingRoutes, ...invoiceRoutes, ...consumerInvoicingRoutes, ...deliveryRoutes], platform);
  const act = (action: string, input: Record<string, unknown> = {}) => sandbox.act('bank', action, input);

  return {
    sandbox,
    delivery,
    platform,
    act,
    /** A company with account, KID rule and a reported agreement. */
    async company({
      provider = 'tietoevry',
      notices = {},
      isConfigured = true,
    }: { provider?: Provider; notices?: object; isConfigured?: boolean } = {}) {
      const payer = await openPayer({ provider, clock, organizationNumber: '310256374' });
      await openAtBank(sandbox, payer, { balance: '0.00' });
      const { books, account, bankAccountId } = payer;
      const id = books.clientAccountId;
      const call = (method: string, path: string, body?: object) => api(method, path, books.token, body);
      const mine = (path: string) => `${path}${path.includes('?') ? '&' : '?'}client_account_id=${id}`;
      const { status, body } = await call('PUT', mine('/invoice-settings'), {
        bank_account_id: bankAccountId,
        is_vat_registered: true,
        reply_to: 'post@kraftlag.example',
        kid_rules: [{ bank_account_id: bankAccountId, modulus: 'MOD10', customer_digits: 5, invoice_digits: 4 }],
      });
      if (status !== 200) throw new Error(JSON.stringify(body));
      const tell = () =>
        call('PUT', mine(`/consumer-invoicing/avtalegiro/agreements/${account}`), {
          kid_length: KID.length,
          reference_position: KID.reference,
          ...notices,
        });
      if (isConfigured) await tell();
      let customers = 10_000;
      const company = {
        ...payer,
        id,
        call,
        mine,
        tell,
        /** A person who is a customer; the code is the reference in the KID. */
        async customer(more: { email?: string | null; phone?: string | null; name?: string } = {}) {
          const code = String(++customers);
          const partner = await write(books, async (tx) => {
            const partnerId = await takeIds(tx, id);
            await tx.execute(sql`
              insert into business_partners (client_account_id, id, sequence_number, name, is_customer, customer_code, email, phone)
              values (${id}, ${partnerId}, ${partnerId % 2 ** 31}, ${more.name ?? 'Åse Øverås'}, true, ${code}, ${more.email ?? null},
                ${more.phone ?? null})`);
            return partnerId;
          });
          return { partner, code, mandateKid: makeKid(`${code}0000`, 'MOD10') };
        },
        async invoice(partner: number, amount: number, more: object = {}) {
          const answer = await call('POST', '/documents', {
            client_account_id: id,
            document_type: 'ARINV',
            document_date: '2026-03-01',
            due_date: '2026-04-15',
            business_partner_id: partner,
            buyer_reference: 'PO-42',
            lines: [{ account_code: '3000', description: 'Nettleie', quantity: 1, unit_price: amount, tax_code: '3' }],
            ...more,
          });
          if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
          return answer.body;
        },
        /** The operator sends mandates, and rounds over the mailbox run: one that is disturbed leaves a file to the next. */
        async mandates(mandates: { kid: string; notice?: boolean; registration?: number }[]) {
          await act('mandates', { account, mandates, minutesAgo: 10 });
          await delivery.fetch(provider);
          for (let rounds = 0; rounds < 3; rounds++) {
            clock.pass(120);
            await delivery.fetch(provider);
            if (await company.knowsMandates(mandates.map(({ kid }) => kid))) return;
          }
        },
        async knowsMandates(kids: string[]) {
          const { known } = await read(books, (tx) =>
            tx.one<{ known: number }>(sql`
              select count(*) as known from avtalegiro_mandates where client_account_id = ${id} and kid = any(${kids})`),
          );
          return known === kids.length;
        },
        /** The company is an issuer, and the customer accepts eFaktura: the operator knows the phone number. */
        async consumer(code: string, phone: string) {
          await write(books, async (tx) => {
            const agreement = await takeIds(tx, id);
            await tx.execute(sql`
              insert into issuer_agreements (client_account_id, id, state, signer_name, signer_email, expires_at, ordered_at,
                ordered_by_id, state_at)
              values (${id}, ${agreement}, 'CONFIRMED', 'Kari', 'kari@example.test', ${clock.now()}, ${clock.now()},
                ${books.userId}, ${clock.now()})
              on conflict do nothing`);
          });
          await call('POST', mine('/consumer-invoicing/consumers'), { reference_number: code, phone });
          await lookConsumersUp(platform, id);
        },
        sendInvoice: (documentId: number, body: object = {}) => call('POST', `/documents/${documentId}/send`, body),
        deliveriesOf: async (documentId: number) =>
          (await call('GET', `/documents/${documentId}/deliveries`)).body.data,
        claim: (documentId: number, more: object = {}) =>
          call('POST', mine('/consumer-invoicing/avtalegiro/claims'), { document_id: documentId, ...more }),
        claimOf: async (claimId: number) =>
          (await call('GET', mine(`/consumer-invoicing/avtalegiro/claims/${claimId}`))).body,
        stop: (claimId: number) => call('POST', mine(`/consumer-invoicing/avtalegiro/claims/${claimId}/stop`)),
        prepare: () => prepareClaimFiles(platform, id),
        send: () => delivery.send(provider),
        /** Ends the day at the bank, and runs a round over the mailbox when its files are complete. */
        async closeDay() {
          await act('closeDay', { minutesAgo: 10 });
          await delivery.fetch(provider);
          clock.pass(120);
          await delivery.fetch(provider);
        },
        /** Files sent to the operator, as recorded by the bank's stand-in. */
        received: () =>
          sandbox.journal.entries
            .map(({ note }) => /^order (avtalegiro-\S+): (\w+)/.exec(note ?? ''))
            .flatMap((found) => (found ? [`${found[1]!.replace('.txt', '')} ${found[2]!}`] : [])),
      };
      return company;
    },
  };
}
