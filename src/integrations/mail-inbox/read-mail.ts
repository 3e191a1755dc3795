import { decodedWords, parametersOf } from './mail-headers.ts';

/** The parts of a mail that are used. */
export interface ReadMail {
  /** As the sender wrote it, in printable ASCII; empty if absent. */
  messageId: string;
  /** Addresses that the mail was delivered or addressed to, in lower case, without duplicates. */
  recipients: string[];
  attachments: MailFile[];
}

export interface MailFile {
  /** Empty if absent. */
  name: string;
  content: Buffer;
  /** A part of the letter, such as the picture in a signature. */
  isInline: boolean;
}

/** No mail program writes a mail beyond these limits. */
const LONGEST_HEADERS = 256_000;
const DEEPEST = 20;
const MOST_PARTS = 1_000;
const MOST_RECIPIENTS = 200;

export class MailUnreadable extends Error {
  override name = 'MailUnreadable';
}

/** Headers in which servers record the delivery address, and those of the addressees. */
const RECIPIENTS = ['delivered-to', 'x-original-to', 'envelope-to', 'to', 'cc'];

/**
 * Reads the addressees and the files of a mail (RFC 5322, 2045, 2046, 2183, 2231), including mails inside it. The letter
 * itself is ignored. Takes time linear in the size of the mail, for any content.
 *
 * @throws MailUnreadable beyond the limits.
 */
export function readMail(source: Buffer): ReadMail {
  const { headers } = splitPart(source);
  const parts = new PartReader();
  parts.read(source, 0);
  // Among any other text, an address of ours is a separate word.
  const addresses = RECIPIENTS.flatMap((name) => headers.get(name) ?? [])
    .flatMap((value) => value.toLowerCase().split(/[\s<>(),;:"]+/))
    .filter((word) => word.includes('@'));
  return {
    messageId: (headers.get('message-id')?.[0] ?? '').replace(/[^\x21-\x7e]/g, '').slice(0, 150),
    recipients: [...new Set(addresses)].slice(0, MOST_RECIPIENTS),
    attachments: parts.files,
  };
}

type Headers = ReadonlyMap<string, string[]>;

interface Part {
  headers: Headers;
  body: Buffer;
}

function splitPart(part: Buffer): Part {
  const ends = [part.indexOf('\r\n\r\n'), part.indexOf('\n\n')].filter((end) => end !== -1);
  // A part may begin with its empty line.
  const isBare = part[0] === 0x0a || (part[0] === 0x0d && part[1] === 0x0a);
  const end = isBare ? 0 : ends.length === 0 ? part.length : Math.min(...ends);
  if (end > LONGEST_HEADERS) throw new MailUnreadable('the headers are too long');
  const skip = isBare ? (part[0] === 0x0a ? 1 : 2) : part[end] === 0x0d ? 4 : 2;
  const headers = new Map<string, string[]>();
  for (const line of part
    .toString('utf8', 0, end)
    .replace(/\r?\n[ \t]/g, ' ')
    .split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const values = headers.get(name) ?? [];
    if (values.length < MOST_RECIPIENTS) values.push(line.slice(colon + 1).trim());
    headers.set(name, values);
  }
  return { headers, body: part.subarray(Math.min(end + skip, part.length)) };
}

class PartReader {
  readonly files: MailFile[] = [];
  #lines = 0;

  read(source: Buffer, depth: number): void {
    if (depth > DEEPEST) throw new MailUnreadable('the parts are too deep');
    const { headers, body } = splitPart(source);
    const [type, typed] = parametersOf(headers.get('content-type')?.[0] ?? 'text/plain');
    const boundary = typed.get('boundary');
    if (type.startsWith('multipart/') && boundary) {
      for (const part of this.#parts(body, boundary)) this.read(part, depth + 1);
      return;
    }
    const encoding = headers.get('content-transfer-encoding')?.[0]?.toLowerCase() ?? '';
    const [disposition, placed] = parametersOf(headers.get('content-disposition')?.[0] ?? '');
    if (type === 'message/rfc822') return this.read(decoded(body, encoding), depth + 1);
    const name = decodedWords(placed.get('filename') ?? typed.get('name') ?? '');
    if (type.startsWith('text/') && name === '' && disposition !== 'attachment') return;
    const isInline = disposition === 'inline' || (disposition === '' && headers.has('content-id'));
    this.files.push({ name, content: decoded(body, encoding), isInline });
  }

  /** The text between boundary lines; the text before the first and after the last boundary is ignored. */
  *#parts(body: Buffer, boundary: string): Generator<Buffer> {
    const mark = Buffer.from(`--${boundary}`);
    const nextMark = Buffer.from(`\n--${boundary}`);
    let begin = -1;
    for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(nextMark, at)) {
      if (at > 0 && body[at] === 0x0a) at++;
      else if (at > 0 && body[at - 1] !== 0x0a) {
        at++;
        if (++this.#lines > MOST_PARTS) throw new MailUnreadable('too many parts');
        continue;
      }
      if (++this.#lines > MOST_PARTS) throw new MailUnreadable('too many parts');
      const after = at + mark.length;
      const isEnd = body[after] === 0x2d && body[after + 1] === 0x2d;
      // Another boundary may have this one as its prefix.
      if (isEnd || after >= body.length || WHITE.has(body[after]!)) {
        if (begin !== -1) yield body.subarray(begin, withoutLineEnd(body, at, begin));
        begin = -1;
        if (isEnd) return;
        const line = body.indexOf(0x0a, after);
        if (line === -1) return;
        begin = line + 1;
      }
      at = after - 1;
    }
    // Truncated: the available rest of the last part.
    if (begin !== -1) yield body.subarray(begin);
  }
}

const WHITE = new Set([0x0a, 0x0d, 0x20, 0x09]);

/** The line end before a boundary belongs to the boundary. */
function withoutLineEnd(body: Buffer, at: number, begin: number): number {
  const end = at > begin && body[at - 1] === 0x0a ? at - 1 : at;
  return end > begin && body[end - 1] === 0x0d ? end - 1 : end;
}

function decoded(body: Buffer, encoding: string): Buffer {
  if (encoding.startsWith('base64')) return Buffer.from(body.toString('latin1'), 'base64');
  return encoding.startsWith('quoted-printable') ? quotedPrintable(body) : body;
}

/** RFC 2045 6.7. Invalid sequences are kept unchanged. */
function quotedPrintable(body: Buffer): Buffer {
  const bytes = Buffer.alloc(body.length);
  let length = 0;
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== 0x3d) {
      bytes[length++] = body[i]!;
      continue;
    }
    const next = body.toString('latin1', i + 1, i + 3);
    if (next === '\r\n') i += 2;
    else if (next.startsWith('\n')) i += 1;
    else if (/^[0-9A-Fa-f]{2}$/.test(next)) {
      bytes[length++] = Number.parseInt(next, 16);
      i += 2;
    } else bytes[length++] = 0x3d;
  }
  return bytes.subarray(0, length);
}
