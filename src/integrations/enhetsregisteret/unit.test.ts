import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../platform/package-root.ts';
import { readUnit } from './unit.ts';

const NUMBER = '310463043';
const least = { organisasjonsnummer: NUMBER, navn: 'BERGEN BYGÅRDER AS' };

test.each<[string, object, object]>([
  [
    'a unit with the least',
    {},
    { name: 'BERGEN BYGÅRDER AS', vat_registered: null, is_bankrupt: false, is_deleted: false },
  ],
  [
    'an address of several lines, abroad',
    { forretningsadresse: { adresse: ['c/o Ås', 'Box 1', 'Hus 2'], poststed: 'MALMÖ', landkode: 'SE' } },
    { address_line: 'c/o Ås', address_line_2: 'Box 1, Hus 2', city: 'MALMÖ', country_code: 'SE', postal_code: null },
  ],
  [
    'a postal address where there is no other',
    { postadresse: { adresse: ['Postboks 1'] } },
    { address_line: 'Postboks 1' },
  ],
  [
    'where a sub-unit lies',
    { beliggenhetsadresse: { adresse: ['Torget 1'] } },
    { address_line: 'Torget 1', is_sub_unit: true },
  ],
  ['bankrupt since', { konkurs: true, konkursdato: '2026-02-11' }, { is_bankrupt: true, since: '2026-02-11' }],
  [
    'compulsory dissolution, whatever its kind',
    { underTvangsavviklingEllerTvangsopplosning: true, tvangsavvikletPgaManglendeSlettingDato: '2026-01-02' },
    { is_under_compulsory_dissolution: true, since: '2026-01-02' },
  ],
  ['deleted at a time', { slettedato: '2026-01-31T00:00:00.000Z' }, { is_deleted: true, since: '2026-01-31' }],
  ['deleted on no date', { slettedato: 'ja' }, { is_deleted: true, since: null }],
  ['other forms of what is optional', { hjemmeside: 7, naeringskode1: 'x', forretningsadresse: [] }, { website: null }],
  ['control characters and blanks', { navn: ' TO\u0000LINJER\n AS ' }, { name: 'TO LINJER  AS' }],
  ['what nobody has heard of', { nyttFelt: { a: [1] }, erIKonsern: true }, { name: 'BERGEN BYGÅRDER AS' }],
])('%s', (_, more, expected) => {
  expect(readUnit({ ...least, ...more }, NUMBER)).toMatchObject(expected);
});

test.each<[string, object]>([
  ['another unit', { organisasjonsnummer: '310049573' }],
  ['no name', { navn: '' }],
  ['a name that is no text', { navn: { value: 'X' } }],
  ['a bankruptcy that is no yes or no', { konkurs: 'J' }],
  ['a liquidation that is no yes or no', { underAvvikling: 1 }],
])('is none: %s', (_, more) => {
  expect(readUnit({ ...least, ...more }, NUMBER)).toBeNull();
});

const published = join(packageRoot, '../shared/reference/integrations/data/brreg/enhetsregisteret-openapi-2018.json');

interface Schema {
  type?: string;
  $ref?: string;
  properties?: Record<string, Schema>;
}

test.skipIf(!existsSync(published))('a unit of every property that the register has published', () => {
  const { schemas } = (
    JSON.parse(readFileSync(published, 'utf8')) as { components: { schemas: Record<string, Schema> } }
  ).components;
  const sample = (schema: Schema): unknown => {
    if (schema.$ref) return sample(schemas[schema.$ref.split('/').at(-1)!]!);
    if (schema.properties)
      return Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, sample(one)]));
    return { string: 'AS', boolean: true, integer: 7 }[schema.type!];
  };
  const body = sample(schemas['Enhet']!) as Record<string, unknown>;
  expect(Object.keys(body).length).toBeGreaterThan(15);
  expect(readUnit({ ...body, ...least }, NUMBER)).toMatchObject({
    name: least.navn,
    organization_form: 'AS',
    vat_registered: true,
    is_bankrupt: true,
    is_under_liquidation: true,
    is_under_compulsory_dissolution: true,
    industry_code: 'AS',
    since: null,
  });
});
