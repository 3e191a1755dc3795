import { deserialize, serialize } from 'node:v8';
import { type Finding, type Invoice, readInvoice, validate, writeInvoice } from '../../ehf/index.ts';
import type { ThreadTask } from '../../platform/rendering/thread-work.ts';
import { readReceived, type ReadReceived } from '../inbox/read-received.ts';

/** The first rule that prevents sending a document; null if there is none. */
export function firstBroken(ehf: string): Finding | null {
  return validate(readInvoice(Buffer.from(ehf))).find(({ severity }) => severity === 'fatal') ?? null;
}

/**
 * The tasks as a thread runs them. Amounts are bigints, which JSON does not support: values are serialised in V8's format.
 */
export const EHF_TASKS = {
  ehf_read: taskOf((bytes) => serialize(readReceived(bytes as Uint8Array))),
  ehf_check: taskOf((ehf) => serialize(firstBroken(ehf as string))),
  ehf_write: taskOf((invoice) => Buffer.from(writeInvoice(invoice as Invoice))),
} satisfies Record<string, ThreadTask>;

/** Restores the results of `ehf_read` and `ehf_check`. */
export const readIn = (bytes: Buffer) => deserialize(bytes) as ReadReceived;
export const findingIn = (bytes: Buffer) => deserialize(bytes) as Finding | null;

function taskOf(work: (input: unknown) => Buffer): ThreadTask {
  return async ({ name, input }, sink) => {
    const bytes = work(input);
    sink.head({ fileName: name, contentType: 'application/octet-stream', inline: true, headers: {} });
    await sink.write(bytes);
  };
}
