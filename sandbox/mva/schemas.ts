import {
  choice,
  decimal,
  listed,
  many,
  moment,
  one,
  optional,
  pattern,
  type Schema,
  sequence,
  text,
  year,
} from './xml-schema.ts';

const MONTHS = [
  'januar',
  'februar',
  'mars',
  'april',
  'mai',
  'juni',
  'juli',
  'august',
  'september',
  'oktober',
  'november',
  'desember',
];

/** The values of a term of so many months, in their order. */
const terms = (months: number) =>
  MONTHS.flatMap((first, i) =>
    i % months !== 0 ? [] : [months === 1 ? first : `${first}-${MONTHS[i + months - 1]!}`],
  );

/** Elements of a term and the months it has. */
export const TERM_MONTHS: Readonly<Record<string, number>> = {
  skattleggingsperiodeMaaned: 1,
  skattleggingsperiodeToMaaneder: 2,
  skattleggingsperiodeTreMaaneder: 3,
  skattleggingsperiodeSeksMaaneder: 6,
  skattleggingsperiodeAar: 12,
};

const period = choice({
  ...Object.fromEntries(
    Object.entries(TERM_MONTHS)
      .filter(([, months]) => months < 12)
      .map(([name, months]) => [name, listed(...terms(months))]),
  ),
  skattleggingsperiodeHalvMaaned: listed(
    ...MONTHS.flatMap((month) => [`foerste halvdel ${month}`, `andre halvdel ${month}`]),
  ),
  skattleggingsperiodeUke: listed(...Array.from({ length: 53 }, (_, i) => `uke ${i + 1}`)),
  skattleggingsperiodeAar: listed('aarlig'),
});
const taxPeriod = sequence(one('periode', period), one('aar', year));
const category = listed('alminnelig', 'primaernaering', 'kompensasjon', 'omvendtAvgiftsplikt', 'eHandel');
const organizationNumber = pattern(/^\d{9}$/, 'organisation number');
const foreignNumber = pattern(/^\d{7}$/, 'VOEC number');
const remark = choice({ beskrivelse: text, utvalgtMerknad: text });

/** skattemeldingformerverdiavgift v1.0. */
export const RETURN: Schema = {
  namespace: 'no:skatteetaten:fastsetting:avgift:mva:skattemeldingformerverdiavgift:v1.0',
  root: 'mvaMeldingDto',
  type: sequence(
    one(
      'innsending',
      sequence(
        one('regnskapssystemsreferanse', text),
        optional('regnskapssystem', sequence(one('systemnavn', text), optional('systemversjon', text))),
      ),
    ),
    one(
      'skattegrunnlagOgBeregnetSkatt',
      sequence(
        one('skattleggingsperiode', taxPeriod),
        one('fastsattMerverdiavgift', decimal),
        many(
          'mvaSpesifikasjonslinje',
          sequence(
            one('mvaKode', text),
            optional('spesifikasjon', text),
            optional('mvaKodeRegnskapsystem', text),
            optional('grunnlag', decimal),
            optional('sats', text),
            one('merverdiavgift', decimal),
            optional('merknad', remark),
          ),
        ),
      ),
    ),
    one('betalingsinformasjon', sequence(optional('kundeIdentifikasjonsnummer', text))),
    one(
      'skattepliktig',
      sequence(optional('organisasjonsnummer', organizationNumber), optional('identifikasjonsnummer', foreignNumber)),
    ),
    one('meldingskategori', category),
    optional('merknad', remark),
  ),
};

/** mvameldinginnsending v1.0: the envelope. */
export const ENVELOPE: Schema = {
  namespace: 'no:skatteetaten:fastsetting:avgift:mva:mvameldinginnsending:v1.0',
  root: 'mvaMeldingInnsending',
  type: sequence(
    one(
      'norskIdentifikator',
      choice({
        identifikasjonsnummer: foreignNumber,
        foedselsnummer: pattern(/^\d{11}$/, 'national identity number'),
        organisasjonsnummer: organizationNumber,
      }),
    ),
    one('skattleggingsperiode', taxPeriod),
    one('meldingskategori', category),
    optional('innsendingstype', listed('komplett', 'ikke komplett')),
    optional('instansstatus', text),
    one('opprettetAv', text),
    optional('opprettingstidspunkt', moment),
    many(
      'vedlegg',
      sequence(
        one('vedleggstype', listed('mva-melding', 'binaerVedlegg')),
        one('kildegruppe', listed('etat', 'sluttbrukersystem', 'sluttbruker')),
        one('opprettetAv', text),
        optional('opprettingstidspunkt', moment),
        one('vedleggsfil', sequence(one('filnavn', text), one('filekstensjon', text), one('filinnhold', text))),
      ),
    ),
    optional('endringstidspunkt', moment),
  ),
};
