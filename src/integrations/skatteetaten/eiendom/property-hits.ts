import type { LocalDate } from '../../../kernel/local-date.ts';
import { isLocalDate } from '../../../kernel/local-date.ts';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import type { JsonObject } from '../../../platform/outbound/json-answer.ts';
import { objectsIn, textOf } from './basis-layout.ts';
import { SERVICE } from './refusal.ts';
import { titleCase } from './registered-property.ts';

/** Fields that only the search returns. */
export interface PropertyHit {
  municipalityName: string | null;
  establishedDate: LocalDate | null;
  isHistorical: boolean;
}

/** All properties of a search response, including those under its addresses; references, not copies. Throws 502. */
export function propertiesIn(answer: JsonObject): JsonObject[] {
  if (!Array.isArray(answer.eiendommer) || !Array.isArray(answer.vegadresser))
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'a search answer without its lists' });
  return [
    ...objectsIn(answer.eiendommer),
    ...objectsIn(answer.vegadresser).flatMap((address) => objectsIn(address.eiendommer)),
  ];
}

/** The hit with the id; null if the search did not return it. */
export function hitOf(answer: JsonObject, propertyId: string): PropertyHit | null {
  const hit = propertiesIn(answer).find((one) => textOf(one.sergEiendomsidentifikator) === propertyId);
  if (!hit) return null;
  const date = textOf(hit.eiendometablertdato)?.slice(0, 10) ?? '';
  return {
    municipalityName: titleCase(textOf(hit.kommunenavn)),
    establishedDate: isLocalDate(date) ? date : null,
    isHistorical: hit.historisk === true,
  };
}

/** `3817404-31/139/0/0`: the asset register's id for the property of a hit. */
export function externalIdOf(hit: JsonObject): string | null {
  const id = textOf(hit.sergEiendomsidentifikator);
  if (id === null) return null;
  const cooperative = textOf(hit.orgnr) ?? textOf(hit.boligselskapetsOrganisasjonsnummer);
  if (cooperative) return `${id}-${cooperative}/${textOf(hit.andelsnr) ?? textOf(hit.andelsnummer) ?? '0'}`;
  const numbers = [hit.gaardsnr, hit.bruksnr, hit.festenr, hit.seksjonsnr].map((value) => textOf(value) ?? '0');
  return `${id}-${numbers.join('/')}`;
}
