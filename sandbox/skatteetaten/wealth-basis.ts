import { createHash } from 'node:crypto';
import { type Property, UNKNOWN_KINDS } from './properties.ts';

const FLAT_LIST: Record<string, string> = {
  selveidBolig: 'Bolig',
  boenhetIBoligselskap: 'Bolig',
  flerboligbygning: 'Flerboligbygning',
  tomt: 'Tomt',
  selveidFritidseiendom: 'SelveidFritidseiendom',
  ikkeUtleidNaeringseiendomINorge: 'IkkeUtleidNaeringseiendomINorge',
  naeringseiendom: 'UtleidNaeringseiendomINorge',
  gaardsbruk: 'Gaardsbruk',
};

/**
 * The basis as the owner sees it; other callers get the property's description without its values. All values are text.
 */
export function wealthBasis(property: Property, taxYear: number, taxpayer: string): Record<string, unknown> {
  const share = property.owners[taxpayer];
  const intern = `${uuidOf(property.id)}fastEiendom`;
  if (UNKNOWN_KINDS.has(property.type)) return { ukjentEiendomINorge: [{ internEiendomsidentifikator: intern }] };
  const nested = taxYear >= 2024;
  const object = {
    eiendomstype: property.type,
    ...(share === undefined ? {} : details(property, nested)),
  };
  const fastEiendom = {
    ...placed(property),
    ...(share !== undefined && !nested ? { eierandel: share } : {}),
  };
  if (nested) {
    const withShare = share === undefined ? object : { ...object, eierandel: share };
    return { fastEiendom: [{ ...fastEiendom, fastEiendomSomFormuesobjekt: [withShare] }] };
  }
  const list = FLAT_LIST[property.type] ?? property.type[0]!.toUpperCase() + property.type.slice(1);
  return {
    fastEiendom: [{ ...fastEiendom, internEiendomsidentifikator: intern }],
    [`formuesspesifikasjonFor${list}`]: [{ ...object, internEiendomsidentifikator: intern }],
  };
}

function placed(property: Property): object {
  const [gaardsnummer, bruksnummer, festenummer, seksjonsnummer] = property.cadastre.map(String);
  const { cooperative } = property;
  return {
    sergEiendomsidentifikator: property.id,
    kommunenummer: property.municipality[0],
    gaardsnummer,
    bruksnummer,
    ...(festenummer === '0' ? {} : { festenummer }),
    ...(seksjonsnummer === '0' ? {} : { seksjonsnummer }),
    ...(property.post ? { postnummer: property.post[0], poststedsnavn: property.post[1] } : {}),
    ...(property.roads.length === 0
      ? {}
      : {
          vegadresse: property.roads.map(({ name, number, letter }) => ({
            adressenavn: name,
            husnummer: String(number),
            ...(letter ? { husbokstav: letter } : {}),
          })),
        }),
    ...(cooperative
      ? {
          boligselskapetsOrganisasjonsnummer: cooperative.organizationNumber,
          boligselskapetsNavn: cooperative.name,
          ...(cooperative.share ? { andelsnummer: cooperative.share } : {}),
          ...(cooperative.unit ? { aksjeboenhetsnummer: cooperative.unit } : {}),
        }
      : {}),
  };
}

function details({ dwelling, commercial, units, documentedValue }: Property, nested: boolean): object {
  return {
    ...(dwelling?.type ? { boligtype: dwelling.type } : {}),
    ...(dwelling?.year ? { byggeaar: String(dwelling.year) } : {}),
    ...(dwelling?.area ? { boligensAreal: String(dwelling.area) } : {}),
    ...(commercial && nested
      ? {
          naeringseiendomstypeForIkkeUtleidNaeringseiendomINorge: commercial.type,
          arealForIkkeUtleidNaeringseiendomINorge: String(commercial.area),
        }
      : {}),
    ...(commercial && !nested ? { naeringseiendomstype: commercial.type, areal: String(commercial.area) } : {}),
    ...(units
      ? {
          useksjonertBoenhet: units.map(({ number, area, year }) => ({
            bruksenhetsnummer: number,
            boligensAreal: String(area),
            byggeaar: String(year),
            boligtype: 'leilighet',
          })),
        }
      : {}),
    ...(documentedValue
      ? { [nested ? 'dokumentertMarkedsverdiForBolig' : 'dokumentertMarkedsverdi']: documentedValue }
      : {}),
  };
}

/** Always the same for a property. */
function uuidOf(id: string): string {
  const hex = createHash('sha256').update(`property ${id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
