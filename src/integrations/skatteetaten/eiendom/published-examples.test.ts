import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../platform/package-root.ts';
import type { JsonObject } from '../../../platform/outbound/json-answer.ts';
import { externalIdOf, propertiesIn } from './property-hits.ts';
import { refusalError } from './refusal.ts';
import { readRegisteredProperty } from './registered-property.ts';
import { isValuation } from './valuation-basis.ts';
import { type Valuation, VALUATIONS } from './valuations.ts';

interface Example {
  /** `POST eiendom/utleieverdi` */
  endpoint: string;
  years: 'all' | '2019-2023' | '2024+';
  kind: 'request' | 'response' | 'error';
  body: JsonObject;
}

const file = join(packageRoot, '../shared/reference/integrations/data/skatteetaten/skd-eiendom-examples.json');
const missing = existsSync(file) ? '' : ' (skipped: the published examples are not here)';
const examples = missing ? [] : (JSON.parse(readFileSync(file, 'utf8')) as { examples: Example[] }).examples;
const responses = (service: string) =>
  examples.filter(({ endpoint, kind }) => endpoint.endsWith(service) && kind === 'response');
const taxYearOf = ({ years }: Example) => Number(years.slice(0, 4));

test.skipIf(missing)(`published answers of Skatteetaten’s property calls are read${missing}`, () => {
  expect(responses('soek').map(({ body }) => propertiesIn(body).map(externalIdOf))).toEqual([
    ['200-97/13/0/0'],
    ['1-36/120/0/0'],
  ]);
  const registered = responses('formuesgrunnlag').map((example) => {
    const found = readRegisteredProperty(example.body, {
      taxYear: taxYearOf(example),
      propertyId: '1',
      externalId: '1-61/0/0/0',
    });
    return [example.years, found.landNumber, found.propertyType];
  });
  expect(registered).toEqual([
    ['2019-2023', '61', 'selveidBolig'],
    ['2024+', '61', 'selveidBolig'],
  ]);
  const valued = (Object.keys(VALUATIONS) as Valuation[]).flatMap((valuation) =>
    responses(VALUATIONS[valuation]).map((example) => isValuation(example.body, taxYearOf(example), valuation)),
  );
  expect(valued).toEqual(Array.from({ length: 12 }, () => true));
});

test.skipIf(missing)(`published errors of Skatteetaten are told in words${missing}`, () => {
  const errors = examples.filter(({ kind }) => kind === 'error');
  expect(errors.length).toBeGreaterThan(0);
  for (const { body } of errors) {
    const answer = { status: 400, headers: new Headers(), body: Buffer.from(JSON.stringify(body)) };
    const error = refusalError(answer, '310049573');
    expect([body.feilkode, error.spec.status, error.facts.feilkode]).toEqual([body.feilkode, 400, body.feilkode]);
  }
});
