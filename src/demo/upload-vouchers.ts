import { assert } from '../kernel/assert.ts';
import { createFile } from '../documents/index.ts';
import type { FileStore } from '../platform/files/file-store.ts';
import type { Actor } from './actor.ts';
import { voucherPdf } from './voucher-pdf.ts';
import type { StoryEntry } from './story/book.ts';

/** Uploads the documents of these entries, as PDF. Returns the ids of the vouchers by the entry's index in the list. */
export async function uploadVouchers(
  actor: Actor,
  store: FileStore | undefined,
  clientAccountId: number,
  entries: readonly StoryEntry[],
): Promise<Map<number, number>> {
  const ids = new Map<number, number>();
  for (const [index, { voucher }] of entries.entries()) {
    if (!voucher) continue;
    assert(store, 'the demo keeps documents: the program has a file store');
    const file = await store.stage(oneChunk(await voucherPdf(voucher)));
    file.name = voucher.fileName;
    file.contentType = 'application/pdf';
    try {
      const input = { file, processingTrack: 'DEFAULT' as const };
      ids.set(index, (await actor.run(createFile, clientAccountId, `voucher ${index}`, input)).id);
    } finally {
      await file.discard();
    }
  }
  return ids;
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
