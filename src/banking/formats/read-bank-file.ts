import type { BankRecord } from './bank-file.ts';
import { readCamt } from './camt/read-camt.ts';
import { readCsv } from './csv/read-csv.ts';
import type { BankFaults } from './fault.ts';
import { readMt940 } from './mt940/read-mt940.ts';
import { readOcr } from './ocr/read-ocr.ts';
import { BEGINNING_LENGTH, recogniseFormat } from './recognise-format.ts';

/** Limits of a bank file. A year of a large account is some 200 MB. */
export interface BankFileLimits {
  bytes: number;
}

export const BANK_FILE_LIMITS: BankFileLimits = { bytes: 2e9 };

/**
 * Reads a bank file of any supported format, which is decided by its content: a list of records for each chunk of bytes, in
 * file order. The consumer decides the pace; memory holds one chunk of the file, for any size.
 *
 * Faults are added to `faults`. No record may be stored once `faults.fileRefused` is set, nor any of a statement whose
 * `statement-end` is refused; both may be known only at the end. Throws only the errors of `bytes`.
 */
export async function* readBankFile(
  bytes: AsyncIterable<Uint8Array>,
  faults: BankFaults,
  limits: BankFileLimits = BANK_FILE_LIMITS,
): AsyncGenerator<BankRecord[]> {
  const source = bytes[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < BEGINNING_LENGTH) {
      const next = await source.next();
      if (next.done) break;
      head.push(next.value);
      length += next.value.length;
    }
    if (length === 0) {
      faults.add('file-empty');
      return;
    }
    const format = recogniseFormat(Buffer.concat(head));
    if (format.reader === null) {
      const firstBytes = Buffer.from(head[0]!.subarray(0, 40)).toString('latin1');
      faults.add(format.hint ? 'format-refused' : 'format-unknown', {
        line: 1,
        found: format.hint ?? firstBytes,
      });
      return;
    }
    const read = { xml: readCamt, ocr: readOcr, mt940: readMt940, csv: readCsv }[format.reader];
    yield* read(pieces(head, source, faults, limits), faults);
  } finally {
    await source.return?.();
  }
}

async function* pieces(
  head: Uint8Array[],
  source: AsyncIterator<Uint8Array>,
  faults: BankFaults,
  limits: BankFileLimits,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  const within = (piece: Uint8Array): boolean => {
    length += piece.length;
    if (length <= limits.bytes) return true;
    faults.add('file-too-large', {
      found: `more than ${limits.bytes} bytes`,
      expected: `at most ${limits.bytes} bytes`,
    });
    return false;
  };
  for (const piece of head.splice(0)) {
    if (!within(piece)) return;
    yield piece;
  }
  for (let next = await source.next(); !next.done; next = await source.next()) {
    if (!within(next.value)) return;
    yield next.value;
  }
}
