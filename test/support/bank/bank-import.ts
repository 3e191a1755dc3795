import { importBankFile } from '../../../src/banking/index.ts';
import type { BankImportOutcome, BankImportResult } from '../../../src/banking/import/import-result.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import { createBankAccount } from '../../../src/banking/index.ts';
import type { Books } from '../books/books.ts';

interface ImportOptions {
  bankAccountId?: number;
  acceptSuspicious?: boolean;
  name?: string;
  jobId?: number;
}

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

/** Imports the content as an uploaded file. */
export async function importContent(
  platform: Platform,
  books: Books,
  content: Buffer | string,
  options: ImportOptions = {},
): Promise<BankImportOutcome> {
  const { database, clock, files } = platform;
  const file = await files!.stage(once(Buffer.from(content)));
  file.name = options.name ?? 'bank.xml';
  try {
    return await importBankFile(
      { database, clock, files: files! },
      {
        file,
        clientAccountId: books.clientAccountId,
        bankAccountId: options.bankAccountId ?? null,
        acceptSuspicious: options.acceptSuspicious ?? false,
        userId: books.userId,
        jobId: options.jobId,
      },
    );
  } finally {
    await file.discard();
  }
}

/** The same for a file that is expected to be imported. */
export async function imported(...args: Parameters<typeof importContent>): Promise<BankImportResult> {
  const outcome = await importContent(...args);
  if (outcome.status !== 'succeeded') throw new Error(`refused: ${JSON.stringify(outcome.errors, null, 1)}`);
  return outcome.result;
}

/** A house account of the number, as an owner registers it. */
export async function houseAccount(books: Books, bban: string, more: object = {}): Promise<number> {
  const input = { type: 'CURRENT' as const, bban, bank_country: 'NO', ...more };
  return (await books.run(createBankAccount, input)).id;
}
