import { buffer } from 'node:stream/consumers';
import { type Finding, type Invoice, writeInvoice } from '../../ehf/index.ts';
import type { Platform } from '../../platform/operation.ts';
import { readReceived, type ReadReceived } from '../inbox/read-received.ts';
import { type EHF_TASKS, findingIn, firstBroken, readIn } from './ehf-tasks.ts';

/** Up to this, an invoice is read or written where it is needed: for less than a request waits for anyhow. */
const SMALL_BYTES = 250_000;
const SMALL_LINES = 300;

/**
 * Reads and checks what came; a large one on a thread, so that it keeps nobody waiting. Throws nothing of the file's, and for
 * a large one what a thread may throw: ehf.busy, too_slow, unavailable (503), too_large (422).
 */
export async function readReceivedWhereItBelongs(
  platform: Platform,
  clientAccountId: number,
  bytes: Uint8Array,
): Promise<ReadReceived> {
  if (bytes.length <= SMALL_BYTES || !platform.ehf) return readReceived(bytes);
  return readIn(await onThread(platform.ehf, clientAccountId, 'ehf_read', bytes));
}

/** The first rule that keeps a document from being sent. Throws as `readReceivedWhereItBelongs` does. */
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
