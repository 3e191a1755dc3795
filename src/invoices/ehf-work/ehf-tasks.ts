import { deserialize, serialize } from 'node:v8';
import { type Finding, type Invoice, readInvoice, validate, writeInvoice } from '../../ehf/index.ts';
import type { ThreadTask } from '../../platform/rendering/thread-work.ts';
import { readReceived, type ReadReceived } from '../inbox/read-received.ts';

/** The first rule that keeps a document from being sent; null where none does. */
export function firstBroken(ehf: string): Finding | null {
  return validate(readInvoice(Buffer.from(ehf))).find(({ severity }) => severity === 'fatal') ?? null;
}

/** The work as a thread does it. Amounts are bigints, which JSON does not know: values cross as V8 writes them. */
export const EHF_TASKS = {
  ehf_read: taskOf((bytes) => serialize(readReceived(bytes as Uint8Array))),
  ehf_check: taskOf((ehf) => serialize(firstBroken(ehf as string))),
  ehf_write: taskOf((invoice) => Buffer.from(writeInvoice(invoice as Invoice))),
} satisfies Record<string, ThreadTask>;

/** What came back of `ehf_read` and `ehf_check`. */
export const readIn = (bytes: Buffer) => deserialize(bytes) as ReadReceived;
export const findingIn = (bytes: Buffer) => deserialize(bytes) as Finding | null;

function taskOf(work: (input: unknown) => Buffer): ThreadTask {
  return async ({ name, input }, sink) => {
    const bytes = work(input);
    sink.head({ fileName: name, contentType: 'application/octet-stream', inline: true, headers: {} });
    await sink.write(bytes);
  };
}
