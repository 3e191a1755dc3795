import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { envelopeXml, readPaymentInformation, readValidationResult } from '../../src/integrations/index.ts';
import { readXmlTree, textAt } from '../../src/platform/xml/xml-tree.ts';
import { resultXml } from './finding.ts';
import { receiptPdf } from './receipt-pdf.ts';
import { VatRegister } from './register.ts';
import { checkReturn } from './return-check.ts';
import { ENVELOPE, RETURN } from './schemas.ts';
import { schemaFaults } from './xml-schema.ts';

const REFERENCE = join(import.meta.dirname, '../../../shared/reference/mva-melding');
const examples = existsSync(REFERENCE)
  ? [
      ...readdirSync(join(REFERENCE, 'examples')).filter((name) => name.endsWith('.xml')),
      'feedback/example_mvamelding.xml',
    ]
  : [];
const XSD = join(REFERENCE, 'xsd');
const folder = mkdtempSync(join(tmpdir(), 'hb-mva-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string) => readFileSync(join(REFERENCE, 'examples', name), 'utf8');
const rulesOf = (xml: string, today = '2026-03-15') =>
  checkReturn(xml, new VatRegister(), today).findings.map(({ rule }) => rule);

/** Throws with what the official schema says. */
function xmllint(xml: string, schema: string): void {
  const file = join(folder, 'one.xml');
  writeFileSync(file, xml);
  execFileSync('xmllint', ['--noout', '--schema', join(XSD, schema), file], { stdio: 'pipe' });
}

describe.skipIf(examples.length === 0)('the official examples', () => {
  test.each(examples)('%s obeys the schema, and breaks no rule about its lines that refuses', (name) => {
    expect(schemaFaults(readXmlTree(Buffer.from(example(name))), RETURN)).toEqual([]);
    const { findings } = checkReturn(example(name), new VatRegister(), '2026-03-15');
    // Its organisation is no synthetic one, its year and category are what they are.
    const about = findings.filter(({ rule }) => !['R131', 'R077', 'R047'].includes(rule));
    // One is of another kind, one of a day before the rules.
    if (!name.startsWith('kompensasjon') && !name.startsWith('feedback'))
      expect(about.filter(({ severity }) => severity === 'ugyldig skattemelding')).toEqual([]);
  });

  test('of answers are read', () => {
    const paid = readPaymentInformation('Altinn', Buffer.from(example('feedback/betalingsinformasjon.xml')));
    expect(paid).toEqual({
      kid: '99999999999999',
      amount: 0n,
      dueDate: '2021-05-21',
      accountNumber: '12345678903',
      recipient: 'Skatteetaten',
    });
    expect(readValidationResult('Altinn', Buffer.from(example('feedback/valideringsresultat.xml')))).toEqual({
      refuses: false,
      deviations: [],
    });
  });

  test('our envelope obeys the official schema and the stand-in’s; the published one lacks its namespace', () => {
    const xml = envelopeXml({
      organizationNumber: '310049573',
      period: { element: 'skattleggingsperiodeToMaaneder', value: 'januar-februar', year: 2026 },
      category: 'alminnelig',
      createdBy: 'Kari & <Nordmann>',
      createdAt: new Date('2026-03-15T10:00:00Z'),
      fileName: 'mva-melding',
    });
    xmllint(xml, 'no.skatteetaten.fastsetting.avgift.mva.mvameldinginnsending.v1.0.xsd');
    expect(schemaFaults(readXmlTree(Buffer.from(xml)), ENVELOPE)).toEqual([]);
    const published = readXmlTree(Buffer.from(example('konvolutt/mvakonvolutt1.xml')));
    expect(schemaFaults(published, ENVELOPE)[0]!.text).toContain('the root');
  });

  test('what the stand-in answers obeys the official schema', () => {
    const broken = checkReturn('<x/>', new VatRegister(), '2026-03-15').findings;
    expect(() =>
      xmllint('<valideringsresultat/>', 'no.skatteetaten.fastsetting.avgift.mva.valideringsresultat.v1.xsd'),
    ).toThrow(/valideringsresultat/);
    xmllint(resultXml(broken), 'no.skatteetaten.fastsetting.avgift.mva.valideringsresultat.v1.xsd');
    xmllint(resultXml([]), 'no.skatteetaten.fastsetting.avgift.mva.valideringsresultat.v1.xsd');
  });
});

const line = (parts: string) => `<mvaSpesifikasjonslinje>${parts}</mvaSpesifikasjonslinje>`;
const output = (code: string, base: string, rate: string, vat: string, more = '') =>
  line(
    `<mvaKode>${code}</mvaKode><grunnlag>${base}</grunnlag><sats>${rate}</sats><merverdiavgift>${vat}</merverdiavgift>${more}`,
  );
const input = (code: string, vat: string) => line(`<mvaKode>${code}</mvaKode><merverdiavgift>${vat}</merverdiavgift>`);

function vatReturn({
  lines = output('3', '1000', '25', '250'),
  total = '250',
  number = '310049573',
  category = 'alminnelig',
  year = '2026',
  kid = '',
} = {}): string {
  return `<mvaMeldingDto xmlns="${RETURN.namespace}"><innsending><regnskapssystemsreferanse>1</regnskapssystemsreferanse></innsending><skattegrunnlagOgBeregnetSkatt><skattleggingsperiode><periode><skattleggingsperiodeToMaaneder>januar-februar</skattleggingsperiodeToMaaneder></periode><aar>${year}</aar></skattleggingsperiode><fastsattMerverdiavgift>${total}</fastsattMerverdiavgift>${lines}</skattegrunnlagOgBeregnetSkatt><betalingsinformasjon>${kid && `<kundeIdentifikasjonsnummer>${kid}</kundeIdentifikasjonsnummer>`}</betalingsinformasjon><skattepliktig><organisasjonsnummer>${number}</organisasjonsnummer></skattepliktig><meldingskategori>${category}</meldingskategori></mvaMeldingDto>`;
}

describe('the rules of the validation', () => {
  test.each<[name: string, xml: string, rules: string[]]>([
    ['nothing', vatReturn(), []],
    ['no XML', '<mva', ['R001']],
    ['an element too many', vatReturn().replace('<meldingskategori>', '<x/><meldingskategori>'), ['R001']],
    [
      'elements in another order',
      vatReturn({
        lines: output('3', '1000', '25', '250')
          .replace('<sats>25</sats>', '')
          .replace('<grunnlag>', '<sats>25</sats><grunnlag>'),
      }),
      ['R001'],
    ],
    ['an unknown code', vatReturn({ lines: output('99', '1000', '25', '250') }), ['R002']],
    ['another rate', vatReturn({ lines: output('3', '1000', '15', '150'), total: '150' }), ['R003']],
    ['a sum that is not', vatReturn({ total: '251' }), ['R018']],
    ['VAT that is not base × rate', vatReturn({ lines: output('3', '1000', '25', '300'), total: '300' }), ['R019']],
    ['a negative base', vatReturn({ lines: output('3', '-1000', '25', '-250'), total: '-250' }), ['R020']],
    ['a positive deduction', vatReturn({ lines: input('1', '100'), total: '100' }), ['R021']],
    ['a deduction without its output', vatReturn({ lines: input('86', '-100'), total: '-100' }), ['R030']],
    ['an output without its deduction', vatReturn({ lines: output('86', '1000', '25', '250') }), ['R035']],
    [
      'a deduction above its output',
      vatReturn({ lines: output('86', '1000', '25', '250') + input('86', '-300'), total: '-50' }),
      ['R025'],
    ],
    ['a base on a deduction', vatReturn({ lines: output('1', '1000', '25', '250') }), ['R065']],
    ['no base on an output', vatReturn({ lines: input('3', '250') }), ['R066']],
    ['øre', vatReturn({ lines: output('3', '1000.50', '25', '250') }), ['R082']],
    ['a total without lines', vatReturn({ lines: '', total: '10' }), ['R084', 'R018']],
    ['VAT above its base', vatReturn({ lines: output('3', '100', '25', '100'), total: '100' }), ['R122', 'R019']],
    ['no VAT on a base', vatReturn({ lines: output('3', '1000', '25', '0'), total: '0' }), ['R127', 'R019']],
    ['a term that has not ended', vatReturn({ year: '2027' }), ['R059']],
    ['a term before the format', vatReturn({ year: '2021' }), ['R077', 'R132']],
    ['an old term', vatReturn({ year: '2022' }), ['R132']],
    ['a number that no synthetic organisation has', vatReturn({ number: '974761076' }), ['R131']],
    ['another category', vatReturn({ category: 'primaernaering' }), ['R048']],
    ['a KID that is none', vatReturn({ kid: '123' }), ['R079']],
  ])('%s', (_, xml, rules) => expect(rulesOf(xml)).toEqual(rules));

  test.each(['v1', 'older'] as const)('are told by the result (%s) in words of both languages', (layout) => {
    const { findings } = checkReturn(
      vatReturn({ lines: output('3', '-1000', '25', '-250') }),
      new VatRegister(),
      '2026-03-15',
    );
    const { refuses, deviations } = readValidationResult('Skatteetaten', Buffer.from(resultXml(findings, layout)));
    expect(refuses).toBe(true);
    expect(deviations.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['R018', 'deviates'],
      ['R020', 'refuses'],
    ]);
    for (const { text } of deviations) expect(text.nb).not.toBe(text.en);
  });

  test('that we do not know are told as Skatteetaten words them', () => {
    const unknown = resultXml([
      {
        rule: 'R999',
        code: 'EN_NY_REGEL',
        severity: 'ugyldig skattemelding',
        reason: 'Noe nytt & rart.',
        vatCode: '3',
        path: '/',
        line: 1,
      },
    ]);
    expect(readValidationResult('Skatteetaten', Buffer.from(unknown)).deviations).toEqual([
      {
        rule: 'R999',
        code: 'EN_NY_REGEL',
        severity: 'refuses',
        vatCode: '3',
        text: { nb: 'Skatteetaten: Noe nytt & rart.', en: 'Skatteetaten (in Norwegian): Noe nytt & rart.' },
      },
    ]);
  });
});

test.each([
  ['no XML', 'x'],
  ['another root', '<x/>'],
  ['no verdict', '<valideringsresultat/>'],
  ['an entity', '<!DOCTYPE x [<!ENTITY e "e">]><valideringsresultat>&e;</valideringsresultat>'],
])('an answer that is %s is no result', (_, body) => {
  expect(() => readValidationResult('Altinn', Buffer.from(body))).toThrow('Altinn');
});

test.each([
  ['amount', '<beloep>x</beloep><betalingsfrist>2026-04-10</betalingsfrist>'],
  ['day', '<beloep>1</beloep><betalingsfrist>2026-04-31</betalingsfrist>'],
  [
    'KID',
    '<beloep>1</beloep><betalingsfrist>2026-04-10</betalingsfrist><kundeidentifikasjonsnummer>x</kundeidentifikasjonsnummer>',
  ],
  ['size', '<beloep>99999999999999</beloep><betalingsfrist>2026-04-10</betalingsfrist>'],
])('payment information without a %s that can be is refused', (_, body) => {
  const xml = `<betalingsinformasjon>${body}</betalingsinformasjon>`;
  expect(() => readPaymentInformation('Altinn', Buffer.from(xml))).toThrow('Altinn');
});

test('a receipt is a PDF whose table tells where its objects are', () => {
  const pdf = receiptPdf(['Kvittering (på prøve) \\']);
  expect(pdf).toContain('(Kvittering \\(p\\345 pr\\370ve\\) \\\\) Tj');
  const start = Number(/startxref\n(\d+)/.exec(pdf)![1]);
  expect(pdf.slice(start, start + 4)).toBe('xref');
  for (const [, offset] of pdf.slice(start).matchAll(/^(\d{10}) 00000 n/gm))
    expect(pdf.slice(Number(offset))).toMatch(/^\d+ 0 obj/);
});

test('a tree knows namespaces, lines and texts', () => {
  const root = readXmlTree(Buffer.from('<a xmlns="u:1"><b:c xmlns:b="u:2"> x </b:c>\n<d/></a>'));
  expect([root.namespace, root.children[0]!.namespace, textAt(root, 'c'), root.children[1]!.line]).toEqual([
    'u:1',
    'u:2',
    'x',
    2,
  ]);
});
