import { trimEndOf } from '../../kernel/trim.ts';
import { XML_LIMITS, XmlError } from './xml-error.ts';

/**
 * Shared by all elements without attributes: most have none, and enumerating the keys of an empty object is expensive.
 */
export const NO_ATTRIBUTES: Record<string, string> = {};

/** Events of an XML reader, in document order. Names include their prefix; attributes are as written. */
export interface XmlListener {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(): void;
}

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const BANG = 33;
const DOUBLE_QUOTE = 34;
const AMPERSAND = 38;
const SINGLE_QUOTE = 39;
const SLASH = 47;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;
const BRACKET = 93;
/** From here on there are characters that XML forbids, including halves of surrogate pairs. */
const FIRST_SURROGATE = 0xd800;

/** The construct continues beyond the available text. */
const INCOMPLETE = -1;

const FORBIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** One character that may begin a name, then any that may follow (XML 1.0, 2.3). */
const NAME =
  // oxlint-disable-next-line no-misleading-character-class -- joiners and combining marks are name characters of their own
  /^[:A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}][:A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]*$/u;
const ONLY_BLANKS = /^[ \t\n]*$/;
const DECLARATION =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>$/;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Characters of names below 128: 1 may begin one, 2 may follow. Colons count as any other. */
const NAME_CLASS = new Uint8Array(128);
for (let code = 0; code < 128; code++)
  NAME_CLASS[code] = /[:A-Z_a-z]/.test(String.fromCharCode(code))
    ? 1
    : /[-.0-9]/.test(String.fromCharCode(code))
      ? 2
      : 0;

const KNOWN_NAMES = 1024;
const KNOWN_BLANKS = 64;
const FIRST_UNITS = 4 * 1024;

/** The name of an element, with its code units. */
interface Name {
  text: string;
  units: Uint16Array;
}

const NO_NAME: Name = { text: '', units: new Uint16Array(0) };

/** Shared by all scanners: small documents of one kind have the same names. */
const names = Array.from({ length: KNOWN_NAMES }, () => NO_NAME);

/**
 * Well-formedness of XML 1.0 for a document without a document type: tags that match, one root, the five entities,
 * characters that XML allows. Optimised for large files of short elements: the common case (a start tag without
 * attributes, a text, an end tag) reads each character once and allocates one string for the text; names are cached.
 */
export class XmlScanner {
  readonly #listener: XmlListener;
  /** Text not read yet, without carriage returns. */
  #text = '';
  /** Its length at the last unsuccessful attempt: the next attempt follows when it has doubled. */
  #seen = 0;
  /** A carriage return at the end of a piece may be half a line break. */
  #heldReturn = false;
  #atStart = true;
  #line = 1;
  readonly #open: Name[] = [];
  #rootSeen = false;
  /** The code units of `#text`: reading one here is three times as fast as from a string. */
  #units = new Uint16Array(0);
  readonly #indents = Array.from<string>({ length: KNOWN_BLANKS }).fill('');
  readonly #pieceLength: number;

  constructor(listener: XmlListener, pieceLength: number = XML_LIMITS.pieceLength) {
    this.#listener = listener;
    this.#pieceLength = pieceLength;
  }

  /** The line being read, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Throws XmlError. */
  write(piece: string): void {
    this.#text += this.#withoutReturns(piece);
    if (this.#text.length < 2 * this.#seen && this.#text.length <= this.#pieceLength) return;
    this.#read();
    if (this.#text.length > this.#pieceLength) this.#tooLong();
  }

  /** Ends the document. Throws XmlError if it was incomplete. */
  end(): void {
    if (this.#heldReturn) this.#text += '\n';
    this.#heldReturn = false;
    this.#read();
    const left = this.#text;
    this.#text = '';
    if (this.#open.length > 0)
      throw new XmlError('truncated', this.#line, `the file ends inside ${this.#open.length} open elements`);
    if (!ONLY_BLANKS.test(left))
      this.#fail(left.includes('<') ? 'the document ends inside markup' : 'text outside the root element');
    if (!this.#rootSeen) this.#fail('the file holds no element');
  }

  /** Line breaks become one line feed each (XML 1.0, 2.11). */
  #withoutReturns(piece: string): string {
    let text = piece;
    if (this.#heldReturn && piece !== '') {
      text = `\r${piece}`;
      this.#heldReturn = false;
    }
    if (!text.includes('\r')) return text;
    if (text.endsWith('\r')) {
      this.#heldReturn = true;
      text = text.slice(0, -1);
    }
    return text.replace(/\r\n?/g, '\n');
  }

  #read(): void {
    const text = this.#text;
    if (this.#units.length < text.length) this.#units = new Uint16Array(Math.max(FIRST_UNITS, text.length * 2));
    Buffer.from(this.#units.buffer).write(text, 'utf16le');
    const end = text.length;
    const units = this.#units;
    let at = 0;
    while (at < end) {
      const next = units[at] === LESS ? this.#markup(text, at) : this.#content(text, at);
      if (next === INCOMPLETE) break;
      at = next;
    }
    this.#text = at === 0 ? text : text.slice(at);
    this.#seen = this.#text.length;
  }

  /** Text up to the next tag. */
  #content(text: string, from: number): number {
    const units = this.#units;
    const length = text.length;
    let lines = 0;
    let isOdd = false;
    let at = from;
    // White space first: it is between most elements.
    for (; at < length; at++) {
      const code = units[at]!;
      if (code === NEWLINE) lines++;
      else if (code !== SPACE && code !== TAB) break;
    }
    const isBlank = units[at] === LESS;
    for (; at < length; at++) {
      const code = units[at]!;
      if (code === LESS) break;
      if (code > BRACKET && code < FIRST_SURROGATE) continue;
      if (code === NEWLINE) lines++;
      else if (code === AMPERSAND || code === BRACKET || code >= FIRST_SURROGATE) isOdd = true;
      else if (code < SPACE && code !== TAB) isOdd = true;
    }
    if (at === length) return INCOMPLETE;
    if (at - from > this.#pieceLength) this.#limit(`a text of ${at - from} characters`);
    let content: string;
    if (isBlank) content = this.#blanks(text, from, at);
    else content = isOdd ? this.#resolved(text.slice(from, at)) : text.slice(from, at);
    this.#line += lines;
    if (this.#open.length > 0) this.#listener.text(content);
    else if (!isBlank) this.#fail('text outside the root element');
    this.#atStart = false;
    return at;
  }

  /** White space between elements: indentation repeats. */
  #blanks(text: string, from: number, to: number): string {
    const slot = (to - from) & (KNOWN_BLANKS - 1);
    const known = this.#indents[slot]!;
    if (known.length === to - from && text.startsWith(known, from)) return known;
    return (this.#indents[slot] = text.slice(from, to));
  }

  /** From a `<` to the end of its construct. */
  #markup(text: string, from: number): number {
    if (from + 1 === text.length) return INCOMPLETE;
    const code = this.#units[from + 1];
    if (code === SLASH) return this.#endTag(text, from);
    if (code === BANG || code === QUESTION) {
      const next = code === BANG ? this.#declaration(text, from) : this.#instruction(text, from);
      if (next !== INCOMPLETE) this.#atStart = false;
      return next;
    }
    return this.#startTag(text, from);
  }

  #endTag(text: string, from: number): number {
    const { length } = this.#open;
    const name = length > 0 ? this.#open[length - 1]! : null;
    if (name !== null && this.#stands(name, from + 2)) {
      const at = from + 2 + name.units.length;
      if (at < text.length && this.#units[at] === GREATER) {
        this.#open.pop();
        this.#listener.close();
        return at + 1;
      }
    }
    const end = text.indexOf('>', from);
    if (end < 0) return INCOMPLETE;
    this.#count(from, end);
    const written = trimEndOf(text.slice(from + 2, end), ' \t\n');
    if (!NAME.test(written)) this.#fail('an end tag with a character that no name has');
    if (written !== name?.text)
      this.#fail(`the end tag ${shortened(written)} where ${name?.text ?? 'none'} was expected`);
    this.#open.pop();
    this.#listener.close();
    return end + 1;
  }

  /**
   * The array beyond the end of the text holds stale data that may match: the caller checks whether the end was passed.
   */
  #stands({ units: wanted }: Name, from: number): boolean {
    const units = this.#units;
    for (let i = 0; i < wanted.length; i++) if (units[from + i] !== wanted[i]) return false;
    return true;
  }

  #startTag(text: string, from: number): number {
    const units = this.#units;
    const length = text.length;
    let hash = 0;
    let at = from + 1;
    let code = 0;
    for (; at < length; at++) {
      code = units[at]!;
      if (code < 128 ? NAME_CLASS[code] === 0 : false) break;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    if (at === length) return INCOMPLETE;
    const name = this.#name(text, from + 1, at, hash);
    if (code !== GREATER) return this.#attributes(text, from, at, name);
    this.#opened(name, NO_ATTRIBUTES, false);
    return at + 1;
  }

  /** The cached name, if there is one. */
  #name(text: string, from: number, to: number, hash: number): Name {
    const slot = hash & (KNOWN_NAMES - 1);
    const known = names[slot]!;
    if (known.units.length === to - from && to > from && this.#stands(known, from)) return known;
    if (to - from > XML_LIMITS.nameLength) this.#limit(`an element name of ${to - from} characters`);
    // Copied: a slice would retain the piece that it was cut from.
    const name = { text: Buffer.from(text.slice(from, to)).toString(), units: this.#units.slice(from, to) };
    if (!NAME.test(name.text)) this.#fail('a tag with a character that no name has');
    names[slot] = name;
    return name;
  }

  #opened(name: Name, attributes: Record<string, string>, isEmpty: boolean): void {
    const depth = this.#open.length;
    if (depth === 0) {
      if (this.#rootSeen) this.#fail('a second root element');
      this.#rootSeen = true;
      this.#atStart = false;
    }
    if (depth >= XML_LIMITS.depth) this.#limit(`elements nested deeper than ${XML_LIMITS.depth}`);
    this.#listener.open(name.text, attributes);
    if (isEmpty) this.#listener.close();
    else this.#open.push(name);
  }

  /** The rest of a start tag after its name. No event is sent before it is complete. */
  #attributes(text: string, from: number, behindName: number, name: Name): number {
    let attributes: Record<string, string> = NO_ATTRIBUTES;
    let count = 0;
    let at = behindName;
    for (;;) {
      const blank = at;
      at = skipBlanks(text, at);
      if (at >= text.length) return INCOMPLETE;
      const code = text.charCodeAt(at);
      if (code === GREATER || code === SLASH) {
        if (code === SLASH) {
          if (++at >= text.length) return INCOMPLETE;
          if (text.charCodeAt(at) !== GREATER) this.#fail('a slash inside a start tag');
        }
        if (at - from > this.#pieceLength) this.#tooLong();
        this.#count(from, at);
        this.#opened(name, attributes, code === SLASH);
        return at + 1;
      }
      if (blank === at) this.#fail('attributes without a blank between them, or a character that no name has');
      let end = at;
      while (end < text.length && !isTagDelimiter(text.charCodeAt(end))) end++;
      const equals = skipBlanks(text, end);
      const quote = skipBlanks(text, equals + 1);
      if (quote >= text.length) return INCOMPLETE;
      const key = text.slice(at, end);
      if (key.length > XML_LIMITS.nameLength) this.#limit(`an attribute name of ${key.length} characters`);
      if (!NAME.test(key)) this.#fail('an attribute with a character that no name has');
      if (text.charCodeAt(equals) !== EQUALS) this.#fail('an attribute without a value');
      const mark = text.charCodeAt(quote);
      if (mark !== DOUBLE_QUOTE && mark !== SINGLE_QUOTE) this.#fail('an attribute value without quotes');
      const close = text.indexOf(mark === DOUBLE_QUOTE ? '"' : "'", quote + 1);
      if (close < 0) return INCOMPLETE;
      if (attributes === NO_ATTRIBUTES) attributes = Object.create(null) as Record<string, string>;
      if (key in attributes) this.#fail(`the attribute ${key} twice`);
      if (++count > XML_LIMITS.attributes) this.#limit(`an element with more than ${XML_LIMITS.attributes} attributes`);
      attributes[key] = this.#value(text.slice(quote + 1, close));
      at = close + 1;
    }
  }

  #value(written: string): string {
    if (written.includes('<')) this.#fail('a < inside an attribute value');
    return this.#dereferenced(written.replace(/[\t\n]/g, ' '));
  }

  /** `<!`: comment or CDATA section. A document type is refused, and with it everything it could declare. */
  #declaration(text: string, from: number): number {
    if (text.startsWith('<!--', from)) return this.#comment(text, from);
    if (text.startsWith('<![CDATA[', from)) {
      const end = text.indexOf(']]>', from + 9);
      if (this.#open.length === 0) this.#fail('text outside the root element');
      if (end < 0) return INCOMPLETE;
      if (end - from > this.#pieceLength) this.#limit(`a text of ${end - from} characters`);
      const content = text.slice(from + 9, end);
      this.#allowed(content);
      this.#count(from, end);
      this.#listener.text(content);
      return end + 3;
    }
    const begun = text.slice(from, from + 9);
    if (begun === '<!DOCTYPE') throw new XmlError('doctype-refused', this.#line, 'document type declaration');
    if ('<!DOCTYPE'.startsWith(begun) || '<![CDATA['.startsWith(begun) || '<!--'.startsWith(begun)) return INCOMPLETE;
    return this.#fail('a declaration that is neither a comment nor a CDATA section');
  }

  #comment(text: string, from: number): number {
    const end = text.indexOf('--', from + 4);
    if (end < 0 || end + 2 >= text.length) return INCOMPLETE;
    if (text.charCodeAt(end + 2) !== GREATER) this.#fail('two hyphens inside a comment');
    if (end - from > this.#pieceLength) this.#tooLong();
    this.#allowed(text.slice(from, end));
    this.#count(from, end);
    return end + 3;
  }

  /** Ignored; the XML declaration is at the very beginning. */
  #instruction(text: string, from: number): number {
    const end = text.indexOf('?>', from + 2);
    if (end < 0) return INCOMPLETE;
    if (end - from > this.#pieceLength) this.#tooLong();
    const target = /^[^ \t\n?]*/.exec(text.slice(from + 2, end))![0];
    if (target.toLowerCase() === 'xml') {
      if (target !== 'xml' || !this.#atStart) this.#fail('an XML declaration behind the beginning');
      if (!DECLARATION.test(text.slice(from, end + 2))) this.#fail('an XML declaration that says something else');
    } else {
      if (!NAME.test(target)) this.#fail('a processing instruction without a name');
      this.#allowed(text.slice(from, end));
    }
    this.#count(from, end);
    return end + 2;
  }

  #resolved(written: string): string {
    if (written.includes(']]>')) this.#fail(']]> in a text');
    return this.#dereferenced(written);
  }

  /** Resolves references and checks that XML allows every character. */
  #dereferenced(written: string): string {
    this.#allowed(written);
    if (!written.includes('&')) return written;
    return written.replace(/&([^;]*)(;?)/g, (_, name: string, end: string) => this.#reference(end === '' ? '' : name));
  }

  #reference(name: string): string {
    if (!name.startsWith('#')) {
      if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name]!;
      return this.#fail(`the entity ${shortened(name)}, which nobody declared`);
    }
    const digits = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
    const code = digits ? (digits[1] ? parseInt(digits[1], 16) : parseInt(digits[2]!, 10)) : NaN;
    if (code !== 13 && !(code <= 0x10ffff && !FORBIDDEN.test(String.fromCodePoint(code))))
      this.#fail('a reference to a character that XML forbids');
    return String.fromCodePoint(code);
  }

  #allowed(text: string): void {
    if (FORBIDDEN.test(text)) this.#fail('a character that XML forbids');
  }

  /** Reads only the text between the two positions: the next line break may be far away. */
  #count(from: number, to: number): void {
    const units = this.#units;
    for (let at = from; at < to; at++) if (units[at] === NEWLINE) this.#line++;
  }

  #tooLong(): never {
    this.#limit(`one piece of more than ${this.#pieceLength} characters`);
  }

  #limit(what: string): never {
    throw new XmlError('xml-limit', this.#line, what);
  }

  #fail(what: string): never {
    throw new XmlError('not-well-formed', this.#line, what);
  }
}

function isTagDelimiter(code: number): boolean {
  return (
    code <= SPACE || code === EQUALS || code === SLASH || code === GREATER || code === LESS || code === DOUBLE_QUOTE
  );
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== NEWLINE && code !== TAB) break;
  }
  return at;
}

function shortened(name: string): string {
  return name.length <= 40 ? name : `${name.slice(0, 40)}…`;
}
