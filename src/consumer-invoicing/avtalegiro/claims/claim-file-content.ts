import { Buffer } from 'node:buffer';
import sql, { raw } from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { ClaimFileWriter } from '../files/claim-file.ts';

/** Claims read at a time. */
const AT_ONCE = 5_000;

export interface ClaimFile {
  clientAccountId: number;
  id: number;
  kind: 'claims' | 'cancellations';
  /** Customer unit id, eight digits. */
  sender: string;
  transmissionNumber: number;
}

interface Row {
  account_number: string;
  id: number;
  kid: string;
  amount: number;
  due_date: LocalDate;
  notice: 'bank' | 'payee';
  payer_name: string;
  reference: string;
  specification: string[];
}

/**
 * The file for the operator, in chunks: an assignment for each account, numbered as the transmission. The content of claims
 * does not change once they are in it, so that the file is identical, byte for byte, when written again.
 */
export async function* claimFileContent(tx: Transaction, file: ClaimFile): AsyncGenerator<Buffer> {
  let text = '';
  const writer = new ClaimFileWriter({ sender: file.sender, number: file.transmissionNumber }, (record) => {
    text += record;
  });
  const ofFile = raw(file.kind === 'claims' ? 'file_id' : 'cancel_file_id');
  const after = (account: string, id: number) =>
    tx.rows<Row>(sql`
      select account_number, id, kid, amount, due_date, notice, payer_name, reference, specification from avtalegiro_claims
      where client_account_id = ${file.clientAccountId} and ${ofFile} = ${file.id} and (account_number, id) > (${account}, ${id})
      order by account_number, id limit ${AT_ONCE}`);
  let account = '';
  let rows = await after('', 0);
  for (;;) {
    const last = rows.length === AT_ONCE ? rows.at(-1) : undefined;
    // Read while the current ones are written.
    const next = last && after(last.account_number, last.id);
    // Awaited below, unless the consumer of the file has stopped.
    next?.catch(() => {});
    for (const row of rows) {
      if (row.account_number !== account) {
        if (account !== '') writer.end();
        account = row.account_number;
        writer.begin({ accountNumber: account, number: file.transmissionNumber, kind: file.kind });
      }
      writer.claim({
        kid: row.kid,
        amount: BigInt(row.amount),
        dueDate: row.due_date,
        notice: row.notice,
        payerName: row.payer_name,
        reference: row.reference,
        specification: row.specification,
      });
    }
    if (!next) break;
    yield Buffer.from(text, 'latin1');
    text = '';
    rows = await next;
  }
  if (account !== '') writer.end();
  writer.finish();
  yield Buffer.from(text, 'latin1');
}
