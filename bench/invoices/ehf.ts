import { readInvoice, validate, writeInvoice } from '../../src/ehf/index.ts';
import { randomInvoices } from '../../test/support/outside/random-invoices.ts';
import { type Result, whole } from '../setup/result.ts';

const INVOICES = 100_000;
const AT_ONCE = 2_000;
const LINES = 5;
const LEAST_WRITTEN = 3_000;
const LEAST_READ = 500;

/** Invoices of five lines written as EHF, and read and checked again, on one thread. */
export function measureEhf(): Result[] {
  let [writing, reading, bytes, highest] = [0, 0, 0, 0];
  for (let done = 0; done < INVOICES; done += AT_ONCE) {
    const invoices = [...randomInvoices(done, AT_ONCE, LINES)];
    const begun = performance.now();
    const documents = invoices.map((invoice) => Buffer.from(writeInvoice(invoice)));
    const written = performance.now();
    for (const document of documents) {
      const findings = validate(readInvoice(document));
      if (findings.length > 0) throw new Error(`a made invoice breaks ${findings[0]!.rule}`);
      bytes += document.length;
    }
    writing += written - begun;
    reading += performance.now() - written;
    highest = Math.max(highest, process.memoryUsage().heapUsed);
  }
  const result = (measure: string, milliseconds: number, least: number): Result => {
    const rate = INVOICES / (milliseconds / 1000);
    return {
      measure,
      target: `≥ ${whole(least)} a second`,
      seen: `${whole(rate)} a second`,
      reached: rate >= least,
      detail: `${whole(INVOICES)} of ${LINES} lines, ${whole(bytes / INVOICES)} bytes each; heap ${whole(highest / 1e6)} MB at most`,
    };
  };
  return [result('EHF written', writing, LEAST_WRITTEN), result('EHF read and checked', reading, LEAST_READ)];
}
