import { createReadStream } from 'node:fs';
import { netsRecords } from './records.ts';

/** The content of a file from the operator. */
export interface OperatorFile {
  /** Accounts whose mandates it contains. */
  mandateAccounts: string[];
  /** It also contains payments (OCR giro). */
  hasPayments: boolean;
}

/**
 * Reads a file of 80-character records for its services. Null if it contains no mandates, or is unreadable: then it is
 * handled as a bank file, whose reader reports the faults.
 */
export async function operatorFile(path: string): Promise<OperatorFile | null> {
  const accounts = new Set<string>();
  let hasPayments = false;
  try {
    for await (const records of netsRecords(createReadStream(path)))
      for (const record of records)
        if (record.kind === 'NY212420') accounts.add(record.at(25, 35));
        else if (record.kind === 'NY090020') hasPayments = true;
  } catch {
    return null;
  }
  return accounts.size === 0 ? null : { mandateAccounts: [...accounts], hasPayments };
}
