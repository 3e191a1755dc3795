import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { XmlError } from '../../platform/xml/xml-stream.ts';
import { type InvoiceResponse, RESPONSE_CUSTOMIZATION, RESPONSE_PROFILE } from './invoice-response.ts';
import { NoResponse, readResponse } from './read-response.ts';
import {
  ACTION_TEXTS,
  REASON_TEXTS,
  RESPONSE_ACTIONS,
  RESPONSE_REASONS,
  RESPONSE_STATUSES,
  STATUS_TEXTS,
  textOfCode,
} from './response-codes.ts';
import { writeResponse } from './write-response.ts';

const rejected: InvoiceResponse = {
  customizationId: RESPONSE_CUSTOMIZATION,
  profileId: RESPONSE_PROFILE,
  id: '7-2147483651',
  issueDate: '2026-03-15',
  issueTime: '10:00:00',
  note: 'Se e-post av 14. mars <til Kari & Ola>',
  sender: { endpoint: { scheme: '0192', value: '991825827' }, name: 'Fjellheim Verksted AS' },
  receiver: { endpoint: { scheme: '0192', value: '123456785' }, name: 'Deler & Dekk AS' },
  status: 'RE',
  effectiveDate: '2026-03-14',
  reasons: [
    { code: 'REF', text: 'Bestillingsnummeret mangler', details: [{ attribute: 'BT-13', value: 'PO-42' }] },
    { code: 'OTH', text: 'Bestilt av en som har sluttet', details: [] },
  ],
  actions: [
    { code: 'CNF', text: null, details: [] },
    { code: 'NIN', text: null, details: [] },
  ],
  document: { number: '1042', issueDate: '2026-03-01', typeCode: '380' },
};
const xml = writeResponse(rejected);
const read = (text: string) => readResponse(Buffer.from(text));

test('is written as others expect it', () => {
  const golden = readFileSync(new URL('../../../test/golden/ehf/invoice-response.xml', import.meta.url), 'utf8');
  expect(xml).toBe(golden);
});

test('what we write, we read to the same, whatever its prefixes', () => {
  expect(read(xml)).toEqual({ response: rejected, findings: [] });
  const other = xml.replaceAll('cbc:', 'b:').replaceAll('xmlns:cbc', 'xmlns:b').replaceAll('cac:', 'a:');
  expect(read(other.replaceAll('xmlns:cac', 'xmlns:a')).response).toEqual(rejected);
  const bare: InvoiceResponse = {
    ...rejected,
    issueTime: null,
    note: null,
    effectiveDate: null,
    status: 'AB',
    reasons: [],
    actions: [],
    document: { number: '1042', issueDate: null, typeCode: '381' },
  };
  expect(read(writeResponse(bare))).toEqual({ response: bare, findings: [] });
});

describe('what is wrong', () => {
  const status = (code: string) => xml.replace('>RE<', `>${code}<`);
  const withoutReasons = xml.replace(/<cac:Status>.*<\/cac:Status>/, '');
  test.each<[string, string, string, 'fatal' | 'warning', string]>([
    [
      'another specification',
      xml.replace('trns:invoice_response', 'trns:order'),
      'PEPPOL-T111-R003',
      'fatal',
      'cbc:CustomizationID',
    ],
    ['another profile', xml.replace('bis:invoice_response', 'bis:mls'), 'T111', 'fatal', 'cbc:ProfileID'],
    [
      'nobody who answers',
      xml.replace(/<cbc:EndpointID.*?EndpointID>/, ''),
      'T111',
      'fatal',
      'cac:SenderParty/cbc:EndpointID',
    ],
    ['an unknown status', status('XX'), 'T111', 'fatal', 'cac:DocumentResponse/cac:Response/cbc:ResponseCode'],
    [
      'no number',
      xml.replace('<cbc:ID>1042</cbc:ID>', ''),
      'T111',
      'fatal',
      'cac:DocumentResponse/cac:DocumentReference/cbc:ID',
    ],
    [
      'two documents',
      xml.replace(/(<cac:DocumentReference>.*<\/cac:DocumentReference>)/, '$1$1'),
      'UBL-ONCE',
      'fatal',
      'cac:DocumentResponse/cac:DocumentReference[2]',
    ],
    [
      'no kind of document',
      xml.replace(/<cbc:DocumentTypeCode>380<\/cbc:DocumentTypeCode>/, ''),
      'T111',
      'warning',
      'cac:DocumentResponse/cac:DocumentReference/cbc:DocumentTypeCode',
    ],
    [
      'rejected for no reason',
      withoutReasons,
      'PEPPOL-T111-R001',
      'warning',
      'cac:DocumentResponse/cac:Response/cac:Status',
    ],
    [
      'other without words',
      xml.replace(/<cbc:StatusReason>Bestilt.*?StatusReason>/, ''),
      'PEPPOL-T111-R002',
      'warning',
      'cac:DocumentResponse/cac:Response/cac:Status/cbc:StatusReason',
    ],
    [
      'a part paid of what was rejected',
      xml.replace('>REF<', '>PPD<'),
      'PEPPOL-T111-R005',
      'warning',
      'cac:DocumentResponse/cac:Response/cac:Status/cbc:StatusReasonCode',
    ],
    [
      'an unknown action',
      xml.replace('>CNF<', '>XYZ<'),
      'PEPPOL-T111-R006',
      'warning',
      'cac:DocumentResponse/cac:Response/cac:Status/cbc:StatusReasonCode',
    ],
    [
      'an unknown reason',
      xml.replace('>REF<', '>XYZ<'),
      'PEPPOL-T111-R007',
      'warning',
      'cac:DocumentResponse/cac:Response/cac:Status/cbc:StatusReasonCode',
    ],
  ])('%s', (_, written, rule, severity, path) => {
    expect(read(written).findings).toMatchObject([{ rule, severity, path }]);
  });

  test('a part paid without words', () => {
    const paid = status('PD')
      .replace('>REF<', '>PPD<')
      .replace(/<cbc:StatusReason>Bestillings.*?StatusReason>/, '');
    expect(read(paid).findings).toMatchObject([{ rule: 'PEPPOL-T111-R004', severity: 'warning' }]);
  });

  test('no response at all', () => {
    expect(() => read('<a/>')).toThrow(NoResponse);
    expect(() => read(xml.slice(0, 500))).toThrow(XmlError);
    expect(() => read(xml.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>'))).toThrow(XmlError);
  });
});

test('every code has words in both languages, and an unknown one stands for itself', () => {
  expect(Object.keys(STATUS_TEXTS)).toEqual([...RESPONSE_STATUSES]);
  expect(Object.keys(REASON_TEXTS)).toEqual([...RESPONSE_REASONS]);
  expect(Object.keys(ACTION_TEXTS)).toEqual([...RESPONSE_ACTIONS]);
  expect(textOfCode(REASON_TEXTS, 'LEG')).toEqual({
    nb: 'Oppfyller ikke lovens krav',
    en: 'Legal information incorrect',
  });
  expect(textOfCode(REASON_TEXTS, 'constructor')).toEqual({ nb: 'constructor', en: 'constructor' });
});
