import type { Unit } from './units.ts';

/** As `GET /enheter/{orgnr}` gives it; of a deleted unit only what is left. */
export function unitJson(unit: Unit, address: string) {
  const { organisasjonsnummer, navn } = unit;
  const kind = unit.overordnetEnhet ? 'underenheter' : 'enheter';
  const common = {
    organisasjonsnummer,
    navn,
    organisasjonsform: { kode: unit.organisasjonsform, beskrivelse: unit.organisasjonsform },
    _links: { self: { href: `${address}/${kind}/${organisasjonsnummer}` } },
    historiskeNavn: [],
  };
  if (unit.slettedato) return { ...common, slettedato: unit.slettedato, respons_klasse: 'SlettetEnhet' };
  const place = { ...unit.adresse, landkode: 'NO', land: 'Norge' };
  if (unit.overordnetEnhet)
    return {
      ...common,
      registreringsdatoEnhetsregisteret: '2020-01-15',
      registrertIMvaregisteret: false,
      harRegistrertAntallAnsatte: false,
      beliggenhetsadresse: place,
      oppstartsdato: '2020-01-01',
      overordnetEnhet: unit.overordnetEnhet,
      respons_klasse: 'Underenhet',
    };
  return {
    ...common,
    registreringsdatoEnhetsregisteret: '2020-01-15',
    registrertIMvaregisteret: unit.mva,
    registrertIForetaksregisteret: unit.organisasjonsform !== 'ENK',
    registrertIStiftelsesregisteret: false,
    registrertIFrivillighetsregisteret: false,
    registrertIPartiregisteret: false,
    harRegistrertAntallAnsatte: true,
    antallAnsatte: 12,
    stiftelsesdato: '2020-01-01',
    naeringskode1: { kode: '68.209', beskrivelse: 'Utleie av egen eller leid fast eiendom ellers' },
    institusjonellSektorkode: { kode: '2100', beskrivelse: 'Private aksjeselskaper mv.' },
    forretningsadresse: place,
    maalform: 'Bokmål',
    ...(unit.hjemmeside ? { hjemmeside: unit.hjemmeside } : {}),
    konkurs: unit.konkursdato !== undefined,
    ...(unit.konkursdato ? { konkursdato: unit.konkursdato } : {}),
    underAvvikling: unit.underAvviklingDato !== undefined,
    ...(unit.underAvviklingDato ? { underAvviklingDato: unit.underAvviklingDato } : {}),
    underTvangsavviklingEllerTvangsopplosning: unit.tvangsopplostDato !== undefined,
    ...(unit.tvangsopplostDato ? { tvangsopplostPgaManglendeRevisorDato: unit.tvangsopplostDato } : {}),
    erIKonsern: false,
    respons_klasse: 'Enhet',
  };
}
