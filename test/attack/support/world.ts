import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import sql from 'sql-template-tag';
import { type Role, SCOPES, type Scope } from '../../../src/platform/caller.ts';
import type { Database } from '../../../src/platform/database/pool.ts';
import { createAccessToken, createClientAccount, createUser, forgetCallers } from '../../../src/tenancy/index.ts';
import { HttpCaller } from './caller.ts';

/** A user with a token for all scopes by default. */
export async function newPerson(
  database: Database,
  scopes: readonly Scope[] = SCOPES,
): Promise<{ userId: number; token: string; email: string }> {
  const email = `${randomUUID()}@test.example`;
  const made = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const userId = await createUser(tx, { email, firstName: 'Kari', lastName: 'Nordmann' });
    const { token } = await createAccessToken(tx, { userId, name: 'test', scopes: [...scopes] });
    return { userId, token };
  });
  return { ...made, email };
}

export async function giveRole(database: Database, clientAccountId: number, userId: number, role: Role): Promise<void> {
  await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
    tx.execute(sql`
      insert into client_account_users (client_account_id, user_id, role_id)
      values (${clientAccountId}, ${userId}, (select id from roles where code = ${role}))`),
  );
  forgetCallers(database);
}

/** A client account with its owner (CA) and nothing in it. */
export interface Owned {
  clientAccountId: number;
  owner: HttpCaller;
  ownerId: number;
}

export async function newOwned(
  server: FastifyInstance,
  database: Database,
  more: { isProvider?: boolean } = {},
): Promise<Owned> {
  const { userId, token } = await newPerson(database);
  const clientAccountId = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, {
      displayName: 'Angrepet AS',
      uniqueName: `attack-${randomUUID()}`,
      createdById: userId,
      ...more,
    }),
  );
  forgetCallers(database);
  return { clientAccountId, owner: new HttpCaller(server, token), ownerId: userId };
}

/** A client account that holds a record of every kind, made through the API alone. */
export interface World extends Owned {
  /** Ids by the kind of record, named as the API's fields: `bank_account_id`, `journal_entry_id`. */
  ids: Record<string, number[]>;
}

/** Eleven digits with their check digit. */
export function bban(random: number): string {
  const ten = `1503${String(random % 1_000_000).padStart(6, '0')}`;
  const weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const rest = 11 - (weights.reduce((sum, weight, i) => sum + weight * Number(ten[i]), 0) % 11);
  return rest === 10 ? bban(random + 1) : `${ten}${rest % 11}`;
}

/** `firm`: a provider that receives a contract request. */
export async function openWorld(server: FastifyInstance, database: Database, firm: Owned): Promise<World> {
  const owned = await newOwned(server, database);
  const { owner, clientAccountId: client_account_id } = owned;
  const ids: Record<string, number[]> = { user_id: [owned.ownerId] };
  const add = async (kind: string, path: string, body: object) => {
    const made = await owner.must('POST', path, { client_account_id, ...body });
    (ids[kind] ??= []).push(made.id as number);
    return made as { id: number };
  };
  const department = await add('department_id', '/departments', { name: 'Salg' });
  await add('project_id', '/projects', { name: 'Prosjekt' });
  const partner = await add('business_partner_id', '/business-partners', { name: 'Kunde AS', is_customer: true });
  const supplier = await add('business_partner_id', '/business-partners', {
    name: 'Leverandør AS',
    is_supplier: true,
    bank_accounts: [{ account_number: bban(client_account_id * 6007) }],
  });
  const asset = await add('asset_id', '/assets', {
    name: 'Maskin',
    asset_class: 'MACHINERY_AND_PLANT',
    acquisition_date: '2026-01-10',
  });
  await add('gl_account_id', '/general-ledger-accounts', {
    account_code: '3055',
    description_nob: 'Salg av annet',
    like_account_code: '3000',
  });
  await add('tax_code_id', '/tax-codes', { code: 'EGEN', standard_code: '3', description_nob: 'Egen kode' });
  const bank = await add('bank_account_id', '/bank-accounts', {
    type: 'CURRENT',
    bban: bban(client_account_id * 7919),
    bank_country: 'NO',
    account_code: '1920',
    name: 'Drift',
  });
  const purchase = {
    entry_date: '2026-01-10',
    lines: [
      { account_code: '1200', debit: '12000.00', dimensions: [{ type: 'asset', id: asset.id }] },
      { account_code: '1920', credit: '12000.00' },
    ],
  };
  await add('journal_entry_id', '/journal-entries', purchase);
  const sale = await add('journal_entry_id', '/journal-entries', {
    entry_date: '2026-02-03',
    lines: [
      { account_code: '1500', debit: '1250.00', business_partner_id: partner.id, due_date: '2026-03-01' },
      { account_code: '3000', credit: '1250.00', tax_code: '3', amount_basis: 'gross' },
    ],
  });
  await add('journal_entry_id', '/journal-entries', {
    is_draft: true,
    entry_date: '2026-02-04',
    lines: [
      { account_code: '7770', debit: '50.00', dimensions: [{ type: 'department', id: department.id }] },
      { account_code: '1920', credit: '50.00' },
    ],
  });
  await owner.must('PUT', `/assets/${asset.id}/depreciation-plan`, { method: 'linear', life_months: 36 });
  await add('depreciation_run_id', '/depreciation-runs', { month: '2026-01' });
  const statement = (await owner.must('POST', '/bank-statements', {
    client_account_id,
    bank_account_id: bank.id,
    from_date: '2026-02-01',
    to_date: '2026-02-28',
    opening_balance: '0.00',
    closing_balance: '1150.00',
    transactions: [
      { amount: '1250.00', booking_date: '2026-02-20', payee_bank_account_id: bank.id, memo: 'Innbetaling' },
      { amount: '-100.00', booking_date: '2026-02-21', payor_bank_account_id: bank.id, memo: 'Gebyr' },
    ],
  })) as { id: number };
  ids.bank_statement_id = [statement.id];
  const { data } = await owner.must('GET', `/bank-transactions?bank_account_id=${bank.id}`);
  ids.bank_transaction_id = (data as { id: number }[]).map(({ id }) => id);
  const paid = ids.bank_transaction_id.find((id) =>
    (data as any[]).some((row) => row.id === id && row.amount === '1250.00'),
  )!;
  const matches = await owner.must('POST', '/banking/matches', {
    client_account_id,
    matches: [
      {
        transactions: [{ bank_transaction_id: paid }],
        items: [{ journal_entry_id: sale.id, line_number: 1 }],
      },
    ],
  });
  ids.match_id = (matches.data ?? matches.matches ?? [matches]).map(({ id }: { id: number }) => id);
  await add('rule_id', '/banking/rules', {
    name: 'Gebyr',
    condition: { text: 'gebyr' },
    action: { account_code: '7770' },
  });
  const document = {
    document_type: 'ARINV',
    document_date: '2026-02-10',
    business_partner_id: partner.id,
    currency_code: 'NOK',
    gross_amount: '1562.50',
    lines: [{ account_code: '3000', amount: '1250.00', tax_code: '3' }],
  };
  await add('document_id', '/documents', { ...document, document_status: 'DRAFT', document_number: '1' });
  await add('document_id', '/documents', { ...document, document_status: 'POSTED', document_number: '2' });
  const bill = (await add('payable_id', '/documents', {
    document_type: 'APINV',
    document_date: '2026-02-10',
    business_partner_id: supplier.id,
    document_number: '77',
    lines: [{ account_code: '6800', amount: '800.00' }],
    payment_lines: [{ due_date: '2026-03-01', amount: '800.00' }],
  })) as { id: number; payment_lines?: { id: number }[] };
  ids.payment_line_id = bill.payment_lines!.map(({ id }) => id);
  await add('recurring_invoice_id', '/recurring-invoices', {
    name: 'Husleie',
    document: {
      document_type: 'ARINV',
      business_partner_id: partner.id,
      lines: [{ account_code: '3000', amount: '100.00' }],
    },
    starts_on: '2026-03-01',
    interval_months: 1,
  });
  await add('question_id', '/questions', {
    question: 'Hva er dette?',
    bank_transaction_id: ids.bank_transaction_id[0],
  });
  const upload = async (kind: string, path: string, text: string) => {
    const uploaded = await owner.form(path, [
      { name: 'client_account_id', value: String(client_account_id) },
      {
        name: 'file',
        file: { name: 'a.pdf', type: 'application/pdf', content: `%PDF-1.7\n${client_account_id}${text}\n%%EOF\n` },
      },
    ]);
    if (uploaded.status >= 300) throw new Error(`POST ${path}: ${uploaded.text}`);
    ids[kind] = [uploaded.body.id as number];
  };
  await upload('file_id', '/files', '');
  await upload('received_invoice_id', '/received-invoices', ' faktura');
  const vouchers = await owner.must('GET', `/vouchers?client_account_id=${client_account_id}`);
  ids.voucher_id = (vouchers.data as { id: number }[]).map(({ id }) => id);
  await add('collection_id', '/voucher-collections', { name: 'Mars' });
  await add('period_lock_id', '/period-locks', { locked_until_date: '2024-12-31', locking_comment: 'Avsluttet' });
  await add('invitation_id', '/invitations', { email: `${randomUUID()}@test.example`, role_id: 1 });
  await add('contract_id', '/contracts', { provider_client_account_id: firm.clientAccountId });
  const role = await owner.must('POST', `/client-accounts/${client_account_id}/organizational-roles`, {
    business_partner_id: partner.id,
    role_type: 'CEO',
  });
  ids.role_id = [role.id as number];
  ids.client_account_id = [client_account_id];
  return { ...owned, ids };
}
