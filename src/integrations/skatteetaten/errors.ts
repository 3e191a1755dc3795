import { catalogue, type ErrorSpec } from '../../platform/errors.ts';

const source = 'Skatteetaten, skattemelding API v2, eiendom: error codes';
const refused = (nb: string, en: string): ErrorSpec => ({
  status: 400,
  nb: `Skatteetaten: ${nb}`,
  en: `Skatteetaten: ${en}`,
  source,
});

export const skatteetatenErrors = catalogue('skatteetaten', {
  unknown_property: {
    status: 400,
    nb: 'Skatteetaten kjenner ikke eiendommen {external_id} som en som får formuesverdi (ukjentEiendomINorge)',
    en: 'Skatteetaten reports the property {external_id} as unknown (ukjentEiendomINorge)',
    source: 'specification: assets, attach property',
  },
  no_right: {
    status: 400,
    nb: 'Skatteetaten gir ikke tilgang til {organization_number}: rettigheten mangler på systembrukeren, eller tjenesten er stengt',
    en: 'Skatteetaten gives no access for {organization_number}: the system user lacks the right, or the service is closed',
  },
  not_found: {
    status: 400,
    nb: 'Skatteetaten har ikke noe for denne eiendommen, eieren og inntektsåret',
    en: 'Skatteetaten has nothing for this property, owner and income year',
  },
  refused: refused('{feilkode} {beskrivelse}', '{feilkode} {beskrivelse}'),
  eiendom_001: refused('boligtypen finnes ikke i kodelisten', 'the dwelling type is not in the code list'),
  eiendom_002: refused('byggeåret er ikke et tall', 'the construction year is not a number'),
  eiendom_003: refused(
    'byggeåret må være etter 1250 og ikke etter inntektsåret',
    'the construction year must be after 1250 and not after the income year',
  ),
  eiendom_004: refused(
    'boligens areal må være over 9 og under 10 000 m²',
    'the dwelling’s area must be over 9 and under 10,000 m²',
  ),
  eiendom_005: refused('den dokumenterte verdien er ikke et tall', 'the documented value is not a number'),
  eiendom_008: refused(
    'boenheter i en flerboligbygning må være leiligheter',
    'units of a multi-unit building must be apartments',
  ),
  eiendom_013: refused('eiendommen er ikke entydig', 'the property is not uniquely identified'),
  eiendom_014: refused('eiendommen finnes ikke', 'the property does not exist'),
  eiendom_015: refused('eiendommen er utgått', 'the property has expired'),
  eiendom_016: refused('ingen bygning på eiendommen har areal', 'no building on the property has an area'),
  eiendom_017: refused('flere bygninger på eiendommen har areal', 'several buildings on the property have an area'),
  eiendom_018: refused('arealet er ugyldig', 'the area is invalid'),
  eiendom_019: refused('grunnlaget mangler for eiendommen', 'the basis is missing for the property'),
  eiendom_020: refused('den dokumenterte verdien er over 2,1 milliarder', 'the documented value is above 2.1 billion'),
  eiendom_021: refused('typen næringseiendom er ikke tillatt', 'the type of commercial property is not allowed'),
  eiendom_022: refused('den dokumenterte verdien må være over 0', 'the documented value must be above 0'),
  eiendom_050: refused('inntektsåret støttes ikke', 'the income year is not supported'),
  eiendom_051: refused('opplysninger mangler: {beskrivelse}', 'input is missing: {beskrivelse}'),
});
