import type { FaultCode, SoapFault } from './soap-fault.ts';
import { SIGNATURES, type SoapOperation, type SoapType, STRUCTS } from './soap-types.ts';

export type SoapValue =
  | string
  | number
  | boolean
  | null
  | readonly SoapValue[]
  | { readonly [member: string]: SoapValue };

const OPENING =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/">' +
  '<env:Body>';
const CLOSING = '</env:Body></env:Envelope>\n';
const NIL = ' xsi:nil="true">';

/** The response, with a type on every value: clients without the WSDL can read it too. */
export function writeAnswer(operation: SoapOperation, result: SoapValue, namespace: string): string {
  return (
    `${OPENING}<n1:${operation}Response xmlns:n1="${escaped(namespace)}"` +
    ' env:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">' +
    element('return', SIGNATURES[operation].result, result) +
    `</n1:${operation}Response>${CLOSING}`
  );
}

/** SOAP 1.1, section 4.4. */
export function writeFault({ code, message }: Pick<SoapFault, 'message'> & { code: FaultCode }): string {
  return (
    `${OPENING}<env:Fault><faultcode>env:${code}</faultcode><faultstring>${escaped(message)}</faultstring>` +
    `</env:Fault>${CLOSING}`
  );
}

function element(name: string, type: SoapType, value: SoapValue): string {
  if (value === null) return `<${name}${NIL}</${name}>`;
  if (typeof type === 'string')
    return `<${name} xsi:type="xsd:${type}">${escaped(`${value as string | number | boolean}`)}</${name}>`;
  if ('array' in type) {
    const items = value as readonly SoapValue[];
    return (
      `<${name} xsi:type="enc:Array" enc:arrayType="n1:${type.array}[${items.length}]">` +
      items.map((item) => element('item', { struct: type.array }, item)).join('') +
      `</${name}>`
    );
  }
  const members = value as Readonly<Record<string, SoapValue>>;
  const written = Object.entries(STRUCTS[type.struct]!).map(([member, of]) =>
    element(member, of, members[member] ?? null),
  );
  return `<${name} xsi:type="n1:${type.struct}">${written.join('')}</${name}>`;
}

/** Characters that XML forbids are omitted: a name in the books may contain some from an earlier system. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"\r]/g, (found) => `&#${found.codePointAt(0)};`);
}
