import { inflateSync } from 'node:zlib';

/** Limits for files inside one PDF: how many are examined, and how large one may become. */
const MOST_FILES = 10;
const LARGEST_FILE = 20_000_000;
/** Limit of the text between the name of a file's type and its first byte. */
const LONGEST_DICTIONARY = 4_000;

/**
 * The XML files inside a PDF (PDF/A-3: ISO 19005-3, embedded file streams of ISO 32000-1 7.11.4): an invoice that is sent as
 * a PDF often contains itself as EHF. Streams are never nested in other objects, so they are found without the tables of the
 * file; encrypted streams, and filters other than Flate, are skipped.
 */
export function xmlFilesInPdf(pdf: Buffer): Buffer[] {
  const files: Buffer[] = [];
  let at = pdf.indexOf('/EmbeddedFile');
  for (let seen = 0; at !== -1 && seen < MOST_FILES; at = pdf.indexOf('/EmbeddedFile', at + 1)) {
    // `/EmbeddedFiles` is the list of embedded files.
    if (pdf[at + '/EmbeddedFile'.length] === 0x73) continue;
    seen++;
    const content = streamOf(pdf, at);
    if (content && /^\s*</.test(content.toString('utf8', 0, 100).replace(/^\uFEFF/, ''))) files.push(content);
  }
  return files;
}

function streamOf(pdf: Buffer, at: number): Buffer | null {
  const begin = pdf.lastIndexOf(' obj', at);
  const stream = pdf.indexOf('stream', at);
  if (begin === -1 || stream === -1 || at - begin > LONGEST_DICTIONARY || stream - at > LONGEST_DICTIONARY) return null;
  const dictionary = pdf.toString('latin1', begin, stream);
  if (dictionary.includes('endobj') || /\/DecodeParms|\/Crypt/.test(dictionary)) return null;
  // The keyword ends with LF, or CR and LF.
  const first = stream + 'stream'.length + (pdf[stream + 'stream'.length] === 0x0d ? 2 : 1);
  const last = pdf.indexOf('endstream', first);
  if (last === -1) return null;
  const raw = pdf.subarray(first, last);
  const [, filter] = /\/Filter[\s[]*\/(\w+)/.exec(dictionary) ?? [];
  if (filter === undefined) return raw.length > LARGEST_FILE ? null : raw;
  if (filter !== 'FlateDecode') return null;
  try {
    return inflateSync(raw, { maxOutputLength: LARGEST_FILE });
  } catch {
    return null;
  }
}
