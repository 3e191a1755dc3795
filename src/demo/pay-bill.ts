import sql from 'sql-template-tag';
import { fetchFrom, sendRound } from '../bank-delivery/index.ts';
import { createBankAccount, createDocument, matchAutomatically } from '../banking/index.ts';
import { changeBankStatus } from '../integrations/index.ts';
import { assert } from '../kernel/assert.ts';
import { addDays, dateInNorway } from '../kernel/local-date.ts';
import { formatAmount, ore } from '../kernel/money.ts';
import { approvePaymentOrder, createPaymentOrder } from '../payments/index.ts';
import type { Platform } from '../platform/operation.ts';
import { actor } from './actor.ts';
import { findPeople } from './demo-people.ts';
import { bankAccountNumber, kid, organizationNumber } from './story/identities.ts';

const COMPANY = 'Lerkefjell Innredning AS';
/** A bank that Tietoevry carries files for; the account number is in a register number that no bank has. */
const BANK = 'SPAVNOBB';
const PROVIDER = 'tietoevry';
export const PAYING_ACCOUNT = bankAccountNumber(`${COMPANY} betalingskonto`);

/** The functions of the banks' stand-in that the demo uses. */
export interface DemoBank {
  act(action: string, input?: object): Promise<void>;
}

/**
 * Opens the demo's account at the stand-in of its bank, with the balance of the books: the stand-in keeps no state
 * between starts. `admin`: the control address of the stand-ins.
 */
export async function openDemoBank(platform: Platform, admin: string): Promise<DemoBank> {
  const bank: DemoBank = {
    async act(action, input = {}) {
      const answer = await fetch(`${admin}/act`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ party: 'bank', action, input }),
        signal: AbortSignal.timeout(10_000),
      });
      assert(answer.ok, `the bank's stand-in refused ${action}: ${answer.status}`);
    },
  };
  const clientAccountId = await companyId(platform);
  const last =
    clientAccountId === null
      ? undefined
      : await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
          const rows = await tx.rows<{ balance: number; day: string }>(sql`
            select s.closing_balance as balance, s.to_date as day from bank_statements s
            join bank_accounts b on b.client_account_id = s.client_account_id and b.id = s.bank_account_id
            where s.client_account_id = ${clientAccountId} and b.bban = ${PAYING_ACCOUNT}
            order by s.to_date desc, s.id desc limit 1`);
          return rows[0];
        });
  await bank.act('open', {
    account: PAYING_ACCOUNT,
    bic: BANK,
    provider: PROVIDER,
    owner: COMPANY,
    organizationNumber: organizationNumber(COMPANY),
    balance: formatAmount(ore(last?.balance ?? 0)),
    ...(last ? { closedUntil: last.day } : {}),
  });
  return bank;
}

/**
 * An account with a connected bank, a customer who pays with KID, and a bill that is paid: prepared by the bookkeeper,
 * approved by the accountant, sent, and settled by the bank's entry. Only if the bank is a stand-in.
 */
export async function payDemoBill(platform: Platform, bank: DemoBank): Promise<void> {
  const people = await findPeople(platform);
  const clientAccountId = await companyId(platform);
  const mailbox = platform.outside?.bankMailboxes?.find(({ provider }) => provider === PROVIDER);
  const { files } = platform;
  if (!people || clientAccountId === null || !mailbox || !files) return;
  const bookkeeper = await actor(platform, people.users.get('bookkeeper'));
  const accountant = await actor(platform, people.users.get('accountant'));
  const today = dateInNorway(platform.clock.now());
  const account = await bookkeeper.run(createBankAccount, clientAccountId, 'paying account', {
    type: 'CURRENT',
    name: 'Betalingskonto',
    bban: PAYING_ACCOUNT,
    bic: BANK,
    bank_country: 'NO',
  });
  await accountant.run(changeBankStatus, clientAccountId, 'connect bank', {
    bic: BANK,
    isActive: true,
    config: undefined,
  });
  const [customer, supplier] = await partnersOf(platform, clientAccountId);
  const reference = kid(90_001, 1);
  await bookkeeper.run(createDocument, clientAccountId, 'invoice that is paid', {
    document_type: 'ARINV',
    document_number: '90001',
    document_date: addDays(today, -20),
    due_date: addDays(today, -6),
    business_partner_id: customer,
    payment_reference: reference,
    lines: [{ account_code: '3000', amount: '50000.00', tax_code: '3', description: 'Skranke og benk' }],
  });
  const bill = await bookkeeper.run(createDocument, clientAccountId, 'bill that is paid', {
    document_type: 'APINV',
    document_number: 'K-4471',
    document_date: addDays(today, -14),
    due_date: today,
    business_partner_id: supplier,
    lines: [{ account_code: '4300', amount: '10000.00', tax_code: '1', description: 'Eik, 40 mm' }],
  });
  const signal = AbortSignal.timeout(60_000);
  const standing = { ...platform, files };
  // Long enough ago for the files to be complete.
  const closeDay = async () => bank.act('closeDay', { minutesAgo: 5 });
  await bank.act('expect', { account: PAYING_ACCOUNT, amount: '62500.00', kid: reference, name: 'Kunde av demoen' });
  await closeDay();
  await fetchFrom(standing, mailbox, signal);
  const order = await bookkeeper.run(createPaymentOrder, clientAccountId, 'pay bill', {
    bankAccountId: account.id,
    dueUntil: null,
    documents: [{ documentId: bill.id, paymentLineId: null, accountNumber: null, executionDate: null }],
    language: 'nb',
  });
  await accountant.run(approvePaymentOrder, clientAccountId, 'approve payment', { id: order.id, language: 'nb' });
  await sendRound(platform, mailbox, signal);
  await closeDay();
  await fetchFrom(standing, mailbox, signal);
  await bookkeeper.run(matchAutomatically, clientAccountId, 'match paying account', {
    bankAccountId: account.id,
    transactionId: null,
    fromDate: null,
    toDate: null,
    dryRun: false,
  });
}

async function companyId({ database }: Platform): Promise<number | null> {
  const row = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.maybe<{ id: number }>(sql`
      select id from client_accounts where organization_number = ${organizationNumber(COMPANY)} order by id limit 1`),
  );
  return row?.id ?? null;
}

/** A customer, and a supplier with one account number. */
async function partnersOf({ database }: Platform, clientAccountId: number): Promise<[number, number]> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
    const customer = await tx.one<{ id: number }>(sql`
      select id from business_partners where client_account_id = ${clientAccountId} and is_customer and coalesce(currency_code, 'NOK') = 'NOK'
      order by id limit 1`);
    const supplier = await tx.one<{ id: number }>(sql`
      select id from business_partners where client_account_id = ${clientAccountId} and is_supplier
        and jsonb_array_length(bank_accounts) = 1 order by id limit 1`);
    return [customer.id, supplier.id];
  });
}
