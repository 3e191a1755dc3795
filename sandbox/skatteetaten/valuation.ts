import type { Property } from './properties.ts';
import { Refused } from './refusal.ts';
import { DWELLING_TYPES, dwellingValue, isCommercialType, rentalValue } from './value-tables.ts';

type Json = Record<string, unknown>;
export type Service = 'markedsverdi/bolig' | 'markedsverdi/flerbolig' | 'utleieverdi';

const LISTS: Record<Service, string> = {
  'markedsverdi/bolig': 'formuesspesifikasjonForBolig',
  'markedsverdi/flerbolig': 'formuesspesifikasjonForFlerboligbygning',
  utleieverdi: 'formuesspesifikasjonForIkkeUtleidNaeringseiendomINorge',
};
const TYPES: Record<Service, readonly string[]> = {
  'markedsverdi/bolig': ['selveidBolig', 'boenhetIBoligselskap'],
  'markedsverdi/flerbolig': ['flerboligbygning'],
  utleieverdi: ['ikkeUtleidNaeringseiendomINorge'],
};
/** A documented value counts only if it is at least a tenth below the computed one; otherwise it is ignored. */
const COUNTS_BELOW = 0.9;

/** The request body with the computed values added. Throws Refused. */
export function valuate(service: Service, property: Property, taxYear: number, sent: Json): Json {
  const nested = taxYear >= 2024;
  const body = structuredClone(sent);
  const object = objectOf(body, service, property, nested);
  if (!object) throw new Refused('EIENDOM-051', `${nested ? 'fastEiendomSomFormuesobjekt' : LISTS[service]} mangler.`);
  if (!TYPES[service].includes(String(object.eiendomstype)))
    throw new Refused('EIENDOM-051', `Tjenesten verdsetter ikke eiendomstypen ${String(object.eiendomstype)}.`);
  const world = { object, property, taxYear, nested };
  if (service === 'markedsverdi/bolig') dwelling(world);
  else if (service === 'markedsverdi/flerbolig') multiUnit(world);
  else commercial(world);
  return body;
}

interface World {
  object: Json;
  property: Property;
  taxYear: number;
  nested: boolean;
}

function objectOf(body: Json, service: Service, property: Property, nested: boolean): Json | undefined {
  if (!nested) return list(body[LISTS[service]])[0];
  const all = list(body.fastEiendom);
  const one = all.find((each) => String(each.sergEiendomsidentifikator) === property.id) ?? all[0];
  const objects = list(one?.fastEiendomSomFormuesobjekt);
  return objects.find((each) => TYPES[service].includes(String(each.eiendomstype))) ?? objects[0];
}

function dwelling({ object, property, taxYear, nested }: World): void {
  if (!DWELLING_TYPES.includes(required(object, 'boligtype'))) throw new Refused('EIENDOM-001');
  const value = dwellingOf(object, property, taxYear, nested);
  object[nested ? 'beregnetMarkedsverdiForBolig' : 'beregnetMarkedsverdi'] = String(value);
  const documented = documentedOf(object, nested ? 'dokumentertMarkedsverdiForBolig' : 'dokumentertMarkedsverdi');
  // The table value is kept beside the adjusted one.
  if (documented !== null && documented < value * COUNTS_BELOW) object.justertMarkedsverdi = String(documented);
  delete object.boligbruk;
}

function multiUnit({ object, property, taxYear, nested }: World): void {
  const units = list(object.useksjonertBoenhet);
  if (units.length === 0) throw new Refused('EIENDOM-051', 'useksjonertBoenhet mangler.');
  let sum = 0;
  for (const unit of units) {
    if (unit.boligtype !== 'leilighet') throw new Refused('EIENDOM-008');
    const value = dwellingOf(unit, property, taxYear, nested);
    unit.boligverdi = String(value);
    sum += value;
  }
  const suffix = nested ? 'ForFlerboligbygning' : '';
  const documented = documentedOf(object, `dokumentertMarkedsverdi${suffix}`);
  const counts = documented !== null && documented < sum * COUNTS_BELOW;
  object[`beregnetMarkedsverdi${suffix}`] = String(counts ? documented : sum);
  if (counts) object[`justertMarkedsverdi${suffix}`] = String(documented);
}

function commercial({ object, property, nested }: World): void {
  const suffix = nested ? 'ForIkkeUtleidNaeringseiendomINorge' : '';
  const type = required(object, `naeringseiendomstype${suffix}`);
  if (!isCommercialType(type)) throw new Refused('EIENDOM-021');
  const area = Number(required(object, `areal${suffix}`));
  if (!(area > 0 && area < 1_000_000)) throw new Refused('EIENDOM-018');
  const value = rentalValue({ type, area, municipality: property.municipality[0] });
  const documented = documentedOf(object, `dokumentertMarkedsverdi${suffix}`);
  const counts = documented !== null && documented < value * COUNTS_BELOW;
  object[`beregnetUtleieverdi${suffix}`] = String(counts ? documented : value);
  object[nested ? 'utleieverdiFraSerg' : 'utleieverdi'] = String(value);
}

function dwellingOf(object: Json, property: Property, taxYear: number, nested: boolean): number {
  const year = required(object, 'byggeaar');
  if (!/^\d+$/.test(year)) throw new Refused('EIENDOM-002');
  if (Number(year) <= 1250 || Number(year) > taxYear) throw new Refused('EIENDOM-003');
  const area = Number(required(object, 'boligensAreal'));
  if (!(area > 9 && area < 10_000)) throw new Refused('EIENDOM-004');
  const [municipality] = property.municipality;
  const type = String(object.boligtype);
  return dwellingValue({ type, area, year: Number(year), municipality }, nested ? 'nested' : 'flat');
}

function documentedOf(object: Json, name: string): number | null {
  const value = object[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) throw new Refused('EIENDOM-005');
  if (Number(value) <= 0) throw new Refused('EIENDOM-022');
  if (Number(value) > 2_100_000_000) throw new Refused('EIENDOM-020');
  return Number(value);
}

/** Numbers as digits in text; JSON numbers are refused, as in the real service. */
function required(object: Json, name: string): string {
  const value = object[name];
  if (typeof value !== 'string' || value === '') throw new Refused('EIENDOM-051', `${name} mangler.`);
  return value;
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
