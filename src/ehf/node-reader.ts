import { isLocalDate, type LocalDate } from '../kernel/local-date.ts';
import type { Ore } from '../kernel/money.ts';
import { MAX_AMOUNT } from '../kernel/money.ts';
import { type Decimal, oreOfDecimal, parseDecimal } from './decimal.ts';
import type { Finding } from './finding.ts';
import type { Identifier } from './invoice.ts';
import { pathOf, type XmlNode } from './xml-node.ts';

const SHOWN = 100;
const LONGEST_CONTENT = 10_000;

/** Reads values of elements, and records duplicate and unreadable ones. */
export class NodeReader {
  readonly findings: Finding[] = [];

  /** The child of the name; a second one breaks the schema. */
  child(node: XmlNode | null, name: string): XmlNode | null {
    let found: XmlNode | null = null;
    for (const each of node?.children ?? []) {
      if (each.name !== name) continue;
      if (found) this.#note('UBL-ONCE', each, 'skal stå høyst én gang', 'stands once at most');
      else found = each;
    }
    return found;
  }

  children(node: XmlNode | null, name: string): XmlNode[] {
    return node === null ? [] : node.children.filter((each) => each.name === name);
  }

  /** The element at the end of a path of names. */
  at(node: XmlNode | null, ...names: string[]): XmlNode | null {
    return names.reduce((from: XmlNode | null, name) => this.child(from, name), node);
  }

  text(node: XmlNode | null, ...names: string[]): string | null {
    const found = this.at(node, ...names);
    if (found === null || found.text === '') return null;
    if (found.text.length <= LONGEST_CONTENT) return found.text;
    this.#note('UBL-VALUE', found, `har høyst ${LONGEST_CONTENT} tegn`, `has ${LONGEST_CONTENT} characters at most`);
    return null;
  }

  identifier(node: XmlNode | null, ...names: string[]): Identifier | null {
    const found = this.at(node, ...names);
    return found === null || found.text === ''
      ? null
      : { value: found.text, scheme: found.attributes['schemeID'] ?? null };
  }

  date(node: XmlNode | null, ...names: string[]): LocalDate | null {
    const written = this.text(node, ...names);
    if (written === null) return null;
    // xs:date may carry a time zone; EN 16931 has dates without one.
    const date = written.replace(/(?:Z|[+-]\d\d:\d\d)$/, '');
    if (isLocalDate(date)) return date;
    this.#note('UBL-VALUE', this.at(node, ...names)!, 'er en dato som 2026-01-31', 'is a date such as 2026-01-31');
    return null;
  }

  decimal(node: XmlNode | null, ...names: string[]): Decimal | null {
    const written = this.text(node, ...names);
    const value = written === null ? null : parseDecimal(written);
    if (written !== null && value === null)
      this.#note('UBL-VALUE', this.at(node, ...names)!, 'er et desimaltall', 'is a decimal number');
    return value;
  }

  /** An amount with at most two decimals; more decimals break `rule`. */
  amount(node: XmlNode | null, name: string, rule: string): Ore | null {
    const value = this.decimal(node, name);
    if (value === null) return null;
    const amount = oreOfDecimal(value);
    const element = () => this.child(node, name)!;
    if (amount === null) this.#note(rule, element(), 'har høyst to desimaler', 'has two decimals at most');
    else if (amount > MAX_AMOUNT || amount < -MAX_AMOUNT) {
      this.#note('UBL-VALUE', element(), 'er et større beløp enn bøkene tar', 'is more than the books take');
      return null;
    }
    return amount;
  }

  flag(node: XmlNode | null, name: string): boolean {
    const found = this.child(node, name);
    if (found !== null && found.text !== 'true' && found.text !== 'false')
      this.#note('PEPPOL-EN16931-R043', found, 'er true eller false', 'is true or false');
    return found?.text === 'true';
  }

  #note(rule: string, node: XmlNode, nb: string, en: string): void {
    const found = node.text.slice(0, SHOWN);
    const message = { nb: `Elementet ${nb}`, en: `The element ${en}` };
    if (this.findings.length < MOST_NOTED)
      this.findings.push({ rule, severity: 'fatal', path: pathOf(node), found, ...message });
  }
}

/** Limit for one document: further findings would not help its sender. */
const MOST_NOTED = 100;
