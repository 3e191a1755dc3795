import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { houseAccount } from '../../../test/support/bank/bank-import.ts';
import { addPartner, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { takeIds } from '../../ledger/index.ts';
import { bankingRoutes } from '../index.ts';

const api = apiOf(bankingRoutes, testPlatform());

test('what a transaction has settled of claims, and of which documents; what was undone is gone', async () => {
  const books = await openBooks();
  const account = await houseAccount(books, '15034011238');
  const partner = await addPartner(books);
  const due = { business_partner_id: partner, due_date: '2026-02-15', payment_reference: '1234' };
  const sale = await books.post('2026-02-01', [debit('1500', 1000, due), credit('3100', 1000)]);
  const bill = await books.post('2026-02-01', [
    debit('6300', 40),
    credit('2400', 40, { business_partner_id: partner }),
  ]);
  const made = await api('POST', '/bank-transactions', books.token, {
    client_account_id: books.clientAccountId,
    payee_bank_account_id: account,
    amount: 960,
    currency_code: 'NOK',
    booking_date: '2026-02-14',
  });
  const { clientAccountId } = books;
  await books.platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const id = await takeIds(tx, clientAccountId, 5);
    await tx.execute(sql`
      insert into documents (client_account_id, id, document_type, document_status, document_number, document_date, due_date,
        business_partner_id, journal_entry_id, line_no, gross_amount)
      values (${clientAccountId}, ${id}, 'ARINV', 'POSTED', '10042', '2026-02-01', '2026-02-15', ${partner}, ${sale.id}, 1, 100000)`);
    const settle = (n: number, entry: number, line: number, amount: number, document: number | null, isActive = true) =>
      tx.execute(sql`
        insert into item_settlements (client_account_id, id, entry_id, line_no, amount, group_id, bank_transaction_id, document_id,
          settled_on, is_active, undone_at, undo_reason)
        values (${clientAccountId}, ${id + n}, ${entry}, ${line}, ${amount}, ${id + 1}, ${made.body.id}, ${document},
          '2026-02-14', ${isActive}, ${isActive ? null : '2026-02-15'}, ${isActive ? null : 'feil'})`);
    await settle(1, sale.id, 1, 100_000, id);
    await settle(2, bill.id, 2, -4_000, null);
    await settle(3, sale.id, 1, 5_000, id, false);
  });
  const { body } = await api(
    'GET',
    `/bank-transactions/${made.body.id}?with=receivable_payments,reconciled_documents`,
    books.token,
  );
  expect(body.receivable_payments, JSON.stringify(body)).toMatchObject([
    {
      bank_transaction_id: made.body.id,
      business_partner_id: partner,
      journal_entry_id: sale.id,
      line_no: 1,
      amount: '1000.00',
      payment_date: '2026-02-14',
      payment_reference: '1234',
    },
  ]);
  expect(body.reconciled_documents).toMatchObject([
    { document_type: 'ARINV', document_number: '10042', gross_amount: '1000.00', reconciled_amount: '1000.00' },
  ]);
});
