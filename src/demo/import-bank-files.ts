import { assert } from '../kernel/assert.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import { createBankAccount, importBankFile } from '../banking/index.ts';
import type { Platform } from '../platform/operation.ts';
import type { Actor } from './actor.ts';
import { bankAccountsOf, bankFiles } from './bank-files.ts';
import type { StoryCompany } from './story/company.ts';

/** Ids of the company's bank accounts, by their ledger accounts. */
export async function createBankAccounts(
  actor: Actor,
  clientAccountId: number,
  company: StoryCompany,
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const { code, name, type, bban } of bankAccountsOf(company)) {
    const account = {
      type,
      name,
      bban,
      bank_country: 'NO',
      account_code: code,
      statement_start_date: company.startsOn,
    };
    ids.set(code, (await actor.run(createBankAccount, clientAccountId, `bank account ${code}`, account)).id);
  }
  return ids;
}

/** Imports the bank's files in the ordinary way. A file that is already imported changes nothing. */
export async function importBankFiles(
  { platform, userId, today }: { platform: Platform; userId: number; today: LocalDate },
  clientAccountId: number,
  company: StoryCompany,
): Promise<void> {
  const { database, clock, files } = platform;
  assert(files, 'the demo keeps bank files: the program has a file store');
  for (const account of bankAccountsOf(company)) {
    for (const { name, content } of bankFiles(company, account, today)) {
      const file = await files.stage(oneChunk(Buffer.from(content)));
      file.name = name;
      try {
        const outcome = await importBankFile(
          { database, clock, files },
          { file, clientAccountId, bankAccountId: null, acceptSuspicious: false, userId },
        );
        assert(
          outcome.status === 'succeeded' && outcome.result.error_count === 0,
          `${name}: ${JSON.stringify(outcome.status === 'refused' ? outcome.errors[0] : outcome.result.errors[0])}`,
        );
      } finally {
        await file.discard();
      }
    }
  }
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
