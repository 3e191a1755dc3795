import { createReadStream } from 'node:fs';
import { netsRecords } from './records.ts';

/** What a file of the operator is about. */
export interface OperatorFile {
  /** Accounts whose mandates it tells. */
  mandateAccounts: string[];
  /** It tells of payments too (OCR giro). */
  hasPayments: boolean;
}

/**
 * Reads a file of 80-character records through for the services in it. Null where it is none that holds mandates, or cannot be
 * read: then it is a bank file like others, which says what is wrong with it.
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
