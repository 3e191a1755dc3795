import { buffer } from 'node:stream/consumers';
import { type Finding, type Invoice, writeInvoice } from '../../ehf/index.ts';
import type { Platform } from '../../platform/operation.ts';
import { readReceived, type ReadReceived } from '../inbox/read-received.ts';
import { type EHF_TASKS, findingIn, firstBroken, readIn } from './ehf-tasks.ts';

/** Up to this size, an invoice is read or written on the main thread: it takes less time than the rest of a request. */
const SMALL_BYTES = 250_000;
const SMALL_LINES = 300;

/**
 * Reads and checks a received file; a large one on a thread, so that it does not block other requests. Never throws for the
 * content of the file; for a large one throws the errors of a thread: ehf.busy, too_slow, unavailable (503), too_large
 * (422).
 */
export async function readReceivedWhereItBelongs(
  platform: Platform,
  clientAccountId: number,
  bytes: Uint8Array,
): Promise<ReadReceived> {
  if (bytes.length <= SMALL_BYTES || !platform.ehf) return readReceived(bytes);
  return readIn(await onThread(platform.ehf, clientAccountId, 'ehf_read', bytes));
}

/** The first rule that prevents sending a document. Throws as `readReceivedWhereItBelongs` does. */
export async function firstBrokenWhereItBelongs(
  platform: Platform,
  clientAccountId: number,
  ehf: string,
): Promise<Finding | null> {
  if (ehf.length <= SMALL_BYTES || !platform.ehf) return firstBroken(ehf);
  return findingIn(await onThread(platform.ehf, clientAccountId, 'ehf_check', ehf));
}

/** The document as EHF. Throws as `readReceivedWhereItBelongs` does. */
export async function writeWhereItBelongs(
  platform: Platform,
  clientAccountId: number,
  invoice: Invoice,
): Promise<string> {
  if (invoice.lines.length <= SMALL_LINES || !platform.ehf) return writeInvoice(invoice);
  return (await onThread(platform.ehf, clientAccountId, 'ehf_write', invoice)).toString('utf8');
}

async function onThread(
  threads: NonNullable<Platform['ehf']>,
  clientAccountId: number,
  name: keyof typeof EHF_TASKS,
  input: unknown,
): Promise<Buffer> {
  return buffer((await threads.render({ name, clientAccountId, input })).bytes);
}
