import { decodeText } from '../decode-text.ts';
import type { BankFaults } from '../fault.ts';
import { OcrRecord } from './ocr-record.ts';

const WIDTH = 80;

/** Records of 80 characters, ended by CR LF, LF or nothing at all. */
export async function* ocrRecords(bytes: AsyncIterable<Uint8Array>, faults: BankFaults): AsyncGenerator<OcrRecord[]> {
  let rest = '';
  let line = 0;
  for await (const text of decodeText(bytes, faults)) {
    const cut = takeRecords(rest + text.replace(/^\uFEFF/, ''), false);
    rest = cut.rest;
    yield cut.records.map((record) => new OcrRecord(++line, record, faults));
  }
  yield takeRecords(rest, true).records.map((record) => new OcrRecord(++line, record, faults));
}

/** Blank lines are skipped, but counted in line numbers. */
function takeRecords(text: string, last: boolean): { records: string[]; rest: string } {
  const records: string[] = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    // Without line ends the next record follows directly.
    if (stop - at > WIDTH && text.startsWith('NY', at + WIDTH)) {
      records.push(text.slice(at, at + WIDTH));
      at += WIDTH;
      continue;
    }
    if (end < 0 && !last) {
      if (stop - at > 4 * WIDTH) {
        records.push(text.slice(at));
        at = text.length;
      }
      break;
    }
    records.push(text.slice(at, stop).replace(/\r$/, ''));
    at = stop + 1;
  }
  return { records, rest: text.slice(at) };
}
