/** The type of a file according to its first bytes; each family lists the media types that are correct for such bytes. */
interface Family {
  /** The type if the sender declares none. */
  type: string;
  /** Other names of it. */
  also: readonly string[];
  fits(head: Buffer): boolean;
}

const starts =
  (...bytes: number[]) =>
  (head: Buffer) =>
    bytes.every((byte, i) => head[i] === byte);
const ascii = (head: Buffer, from: number, to: number) => head.toString('latin1', from, to);

const OFFICE_ZIP = [
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.etsi.asic-e+zip',
];

const TEXT = ['text/csv', 'text/markdown', 'message/rfc822', 'application/json', 'text/html', 'application/x-ofx'];

/** In this order: the last patterns are the least specific. */
const FAMILIES: readonly Family[] = [
  { type: 'application/pdf', also: ['application/x-pdf'], fits: (head) => ascii(head, 0, 1024).includes('%PDF-') },
  { type: 'image/jpeg', also: ['image/jpg', 'image/pjpeg'], fits: starts(0xff, 0xd8, 0xff) },
  { type: 'image/png', also: ['image/x-png'], fits: starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { type: 'image/gif', also: [], fits: (head) => /^GIF8[79]a/.test(ascii(head, 0, 6)) },
  { type: 'image/tiff', also: [], fits: (head) => ['II*\0', 'MM\0*'].includes(ascii(head, 0, 4)) },
  { type: 'image/webp', also: [], fits: (head) => /^RIFF[^]{4}WEBP/.test(ascii(head, 0, 12)) },
  {
    type: 'image/heic',
    also: ['image/heif', 'image/heic-sequence', 'image/heif-sequence'],
    fits: (head) => /^ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/.test(ascii(head, 4, 12)),
  },
  {
    type: 'application/zip',
    also: ['application/x-zip-compressed', ...OFFICE_ZIP],
    fits: starts(0x50, 0x4b, 0x03, 0x04),
  },
  {
    type: 'application/x-ole-storage',
    also: ['application/vnd.ms-excel', 'application/msword', 'application/vnd.ms-outlook'],
    fits: starts(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
  },
  { type: 'application/xml', also: ['text/xml', 'text/plain'], fits: (head) => /^\s*<\?xml\s/.test(text(head)) },
  { type: 'text/plain', also: ['application/xml', 'text/xml', ...TEXT], fits: isText },
];

/** Media types by which senders state that they do not know the type. */
const UNKNOWN = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-download']);

export type Sniffed = { type: string } | { mismatch: string } | { unknown: true };

/**
 * The media type of a file: the declared one if the content allows it, the detected one if none was declared, else the
 * contradicting one (`mismatch`), or `unknown` for content that cannot document an entry.
 */
export function sniffContentType(head: Buffer, declared: string): Sniffed {
  const asked = declared.split(';')[0]!.trim().toLowerCase();
  const family = FAMILIES.find(({ fits }) => fits(head));
  if (!family) return { unknown: true };
  if (UNKNOWN.has(asked) || asked === family.type) return { type: family.type };
  return family.also.includes(asked) ? { type: asked } : { mismatch: family.type };
}

function text(head: Buffer): string {
  const utf16 = head[0] === 0xff && head[1] === 0xfe;
  return head.toString(utf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

/** Text of any encoding: no control characters except those of layout. */
function isText(head: Buffer): boolean {
  const utf16 = head.length >= 2 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff));
  if (utf16) return true;
  return head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d);
}

/** Types that a browser may display inline without running anything. */
export const SHOWABLE = new Set([
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'text/plain',
]);
