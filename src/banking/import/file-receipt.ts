import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { BankFault } from '../formats/fault.ts';

/** The source of a file that no user uploaded. */
export interface FileOrigin {
  mailbox: string;
  /** The bank of the connection that delivered it. */
  bic: string;
  /** As the mailbox names it. */
  fileName: string;
}

export type ReceiptFault = Pick<BankFault, 'line' | 'path'> & { code: string; message: string; message_en: string };

/** The outcome of a file from a mailbox for a client account. */
export interface FileReceipt extends FileOrigin {
  id: number;
  clientAccountId: number;
  kind: 'statement' | 'payment_status' | 'mandates';
  status: 'imported' | 'known' | 'refused';
  receivedAt: Date;
  importId?: number | null;
  orderId?: number | undefined;
  imported?: number | undefined;
  /** From `storedFaults`. */
  errors: string;
}

/** Limit of a file's faults that are stored with its receipt. */
const LISTED = 20;

/** The first faults of different kinds and places, as JSON. */
export function storedFaults(faults: readonly ReceiptFault[]): string {
  const kinds = groupBy(faults, ({ code, line, path }) => `${code} ${line} ${path}`);
  return JSON.stringify([...kinds.values()].slice(0, LISTED).map(([fault]) => fault));
}

/** Records a file among those that the bank delivered. */
export async function noteReceipt(tx: Transaction, receipt: FileReceipt): Promise<void> {
  const { clientAccountId, id, mailbox, bic, fileName, kind, status, receivedAt } = receipt;
  await tx.prepared(
    'bank-receipt',
    sql`
    insert into bank_deliveries (client_account_id, id, mailbox, bic, file_name, kind, status, received_at, import_id,
      order_id, imported, errors)
    values (${clientAccountId}, ${id}, ${mailbox}, ${bic}, ${fileName}, ${kind}, ${status}, ${receivedAt},
      ${receipt.importId ?? null}, ${receipt.orderId ?? null}, ${receipt.imported ?? 0}, ${receipt.errors})`,
  );
}
