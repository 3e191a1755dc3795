import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { XmlError, type XmlListener, XmlStream } from './xml-stream.ts';

const CASES = 1_500;

/** Documents with every construct that we read. */
const DOCUMENTS = [
  '<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns="u" b=\'c\td\'>\r\n<b>tekst &amp; mer &#65;&#x42; å</b>\r<!-- x - y --><c/><d ><![CDATA[<&]] >]]></d ><?pi body ?? ?></a>\n<!-- end -->\n',
  '<a><b x="1" y="&lt;2>">1]]&gt;</b><æøå:ø>𝒳€</æøå:ø></a>',
  "\ufeff<?xml version='1.0' standalone='yes' ?><r>\n\n <Line>\n<Amount>12.00</Amount>\n</Line></r>",
];
/** Text inserted at random places: significant constructs and near misses. */
const BITS = [
  ...Array.from('<>&;/!?-]"\'= \t\n\raå:.1·'),
  '\u0000',
  '\u0001',
  '\u007f',
  '\u00a0',
  '\u2028',
  '\ufffe',
  '\ufeff',
  '\ufffd',
  '𝒳',
  '--',
  ']]>',
  '<!--',
  '-->',
  '<![CDATA[',
  '<a>',
  '</a>',
  '<b/>',
  '<?xml',
  '?>',
  '<?x?>',
  '&#0;',
  '&#13;',
  '&#10;',
  '&#x110000;',
  '&#xD800;',
  '&lt;',
  '&x;',
  '&;',
  '&#;',
  '&#x;',
  '<!',
  'xml',
  'a="1"',
  ' a="1"',
  '<DOC',
  '<:a/>',
];

describe('reading XML', () => {
  it('hears and refuses what saxes does, however the bytes are cut', () => {
    const below = random(20_261_121);
    for (let i = 0; i < CASES; i++) {
      const bytes = Buffer.from(changed(DOCUMENTS[below(DOCUMENTS.length)]!, below));
      const cuts: number[] = [];
      if (below(2)) for (let at = 1 + below(20); at < bytes.length; at += 1 + below(20)) cuts.push(at);
      const ours = heard(bytes, cuts);
      // saxes gets text that is already decoded.
      if (ours === 'encoding') continue;
      const document = bytes.toString();
      expect({ document, heard: ours }).toEqual({ document, heard: heardBySaxes(document) });
    }
  });

  it.each<[title: string, problem: string, line: number, document: string]>([
    ['a document type, wherever it stands', 'doctype-refused', 2, '<a>\n<!DOCTYPE a></a>'],
    ['a wrong end tag', 'not-well-formed', 3, '<a>\n<b>\n</c></a>'],
    ['an entity nobody declared', 'not-well-formed', 1, '<a>&x;\n</a>'],
    ['an end that is missing', 'truncated', 2, '<a>\n<b></b>\n'],
    ['nothing at all', 'not-well-formed', 1, ' \n'],
    ['a comment without an end', 'xml-limit', 1, `<a><!--${' '.repeat(1_100_000)}`],
    ['a tag without an end', 'xml-limit', 1, `<a><b c="${'d'.repeat(1_100_000)}`],
    ['a text without an end', 'xml-limit', 1, `<a>${'b'.repeat(1_100_000)}`],
  ])('%s: %s on line %i', (_title, problem, line, document) => {
    const bytes = Buffer.from(document);
    const read = () => {
      const stream = new XmlStream(new Collector());
      for (let at = 0; at < bytes.length; at += 65_536) stream.write(bytes.subarray(at, at + 65_536));
      stream.end();
    };
    expect(read).toThrow(expect.objectContaining({ problem, line }));
  });

  it('a long text in small pieces takes no longer than the text', () => {
    const document = Buffer.from(`<a>${'b'.repeat(900_000)}</a>`);
    const start = performance.now();
    expect(
      heard(
        document,
        Array.from({ length: 90_000 }, (_, i) => (i + 1) * 10),
      ),
    ).toHaveLength(3);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('line numbers are those of the end of each tag, with every kind of line end', () => {
    const lines: number[] = [];
    const stream: XmlStream = new XmlStream({ open: () => lines.push(stream.line), text() {}, close() {} });
    for (const piece of ['<a\n>\r', '\n<b/>\r<c/>x\r\n<d>\n<!--\n-->', '<![CDATA[\n]]>\n<e/></d></a>'])
      stream.write(Buffer.from(piece));
    stream.end();
    expect(lines).toEqual([2, 3, 4, 5, 9]);
  });

  it('bytes that are no UTF-8 are refused, also where a piece ends within a character', () => {
    const whole = Buffer.from('<a>€𝒳</a>');
    for (let cut = 1; cut < whole.length; cut++) expect(heard(whole, [cut])).toEqual(['<a', '€𝒳', '>']);
    expect(heard(Buffer.concat([whole.subarray(0, 5), Buffer.from('</a>')]), [5])).toBe('encoding');
    expect(heard(whole.subarray(0, 5), [4])).toBe('encoding');
  });
});

/** Start tags, joined texts and end tags; or the error. */
function heard(bytes: Buffer, cuts: readonly number[]): string[] | string {
  const collector = new Collector();
  const stream = new XmlStream(collector);
  try {
    let at = 0;
    for (const cut of cuts) stream.write(bytes.subarray(at, (at = cut)));
    stream.write(bytes.subarray(at));
    stream.end();
    return collector.all;
  } catch (error) {
    if (error instanceof XmlError) return error.problem === 'truncated' ? 'not-well-formed' : error.problem;
    throw error;
  }
}

function heardBySaxes(text: string): string[] | string {
  const collector = new Collector();
  let depth = 0;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    depth++;
    collector.open(name, attributes);
  });
  parser.on('text', (content) => {
    if (depth > 0) collector.text(content);
  });
  parser.on('cdata', (content) => collector.text(content));
  parser.on('closetag', () => {
    depth--;
    collector.close();
  });
  try {
    parser.write(text).close();
    return collector.all;
  } catch {
    return 'not-well-formed';
  }
}

class Collector implements XmlListener {
  readonly all: string[] = [];
  #joins = false;

  open(name: string, attributes: Record<string, string>): void {
    this.#joins = false;
    this.all.push([`<${name}`, ...Object.entries(attributes).map(([key, value]) => `${key}=${value}`)].join(' '));
  }

  text(text: string): void {
    if (this.#joins) this.all.push(this.all.pop()! + text);
    else if (text !== '') this.all.push(text);
    this.#joins = this.#joins || text !== '';
  }

  close(): void {
    this.#joins = false;
    this.all.push('>');
  }
}

function changed(document: string, below: (limit: number) => number): string {
  let text = document;
  for (let changes = below(4); changes > 0; changes--) {
    const at = below(text.length + 1);
    const kind = below(3);
    const put = kind === 1 ? '' : BITS[below(BITS.length)]!;
    text = text.slice(0, at) + put + text.slice(kind === 0 ? at : at + 1 + (kind === 1 ? below(3) : 0));
  }
  return text;
}

function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
