import type { Remark, ReturnLine } from './return-lines.ts';
import { satsText, totalOf } from './return-lines.ts';
import type { TermName } from '../terms/term.ts';

export const CATEGORIES = ['alminnelig', 'primaernaering', 'omvendtAvgiftsplikt'] as const;
export type Category = (typeof CATEGORIES)[number];

/** The contents of a VAT return (mvaMeldingDto v1.0). */
export interface ReturnMessage {
  /** Our own reference of this return. */
  reference: string;
  system: { name: string; version: string };
  term: TermName;
  /** In whole kroner, positive: to be paid. */
  total: bigint;
  lines: readonly ReturnLine[];
  /** For a refund. */
  kid: string | null;
  organizationNumber: string;
  category: Category;
  remark: Remark | null;
}

const NAMESPACE = 'no:skatteetaten:fastsetting:avgift:mva:skattemeldingformerverdiavgift:v1.0';

/** A return whose total is the sum of its lines. */
export function messageOf(parts: Omit<ReturnMessage, 'total'>): ReturnMessage {
  return { ...parts, total: totalOf(parts.lines) };
}

/** The return as XML, elements in the schema's order. */
export function messageXml(message: ReturnMessage): string {
  const { term } = message;
  const body = [
    element('innsending', [
      leaf('regnskapssystemsreferanse', message.reference),
      element('regnskapssystem', [
        leaf('systemnavn', message.system.name),
        leaf('systemversjon', message.system.version),
      ]),
    ]),
    element('skattegrunnlagOgBeregnetSkatt', [
      element('skattleggingsperiode', [
        element('periode', [leaf(term.element, term.value)]),
        leaf('aar', String(term.year)),
      ]),
      leaf('fastsattMerverdiavgift', String(message.total)),
      ...message.lines.map(lineXml),
    ]),
    element('betalingsinformasjon', message.kid === null ? [] : [leaf('kundeIdentifikasjonsnummer', message.kid)]),
    element('skattepliktig', [leaf('organisasjonsnummer', message.organizationNumber)]),
    leaf('meldingskategori', message.category),
    ...remarkXml(message.remark),
  ];
  const root = body.map((part) => indent(part)).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<mvaMeldingDto xmlns="${NAMESPACE}">\n${root}\n</mvaMeldingDto>\n`;
}

function lineXml(line: ReturnLine): string {
  return element('mvaSpesifikasjonslinje', [
    leaf('mvaKode', line.standardCode),
    ...(line.specification === null ? [] : [leaf('spesifikasjon', line.specification)]),
    leaf('mvaKodeRegnskapsystem', line.ownCode),
    ...(line.base === null ? [] : [leaf('grunnlag', String(line.base))]),
    ...(line.rate === null ? [] : [leaf('sats', satsText(line.rate))]),
    leaf('merverdiavgift', String(line.vat)),
    ...remarkXml(line.remark),
  ]);
}

function remarkXml(remark: Remark | null): string[] {
  if (remark === null) return [];
  const part = 'selected' in remark ? leaf('utvalgtMerknad', remark.selected) : leaf('beskrivelse', remark.description);
  return [element('merknad', [part])];
}

function element(name: string, children: readonly string[]): string {
  if (children.length === 0) return `<${name}/>`;
  return `<${name}>\n${children.map(indent).join('\n')}\n</${name}>`;
}

function leaf(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

function indent(xml: string): string {
  return xml.replace(/^/gm, '  ');
}

/** Removes characters that XML 1.0 forbids. A line break within a text would be indented, so it becomes a space. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]!);
}
