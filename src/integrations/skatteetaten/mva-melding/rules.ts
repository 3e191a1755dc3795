import type { Text } from '../../../platform/errors.ts';

/**
 * The validation rules of mva-meldingen by number: the fault, in words that an accountant can act on. Source:
 * Skatteetaten/mva-meldingen, forretningsregler.
 */
const WORDS: Record<string, Text> = {
  R000: say('Tjenesten tar ikke imot meldinger ennå', 'The service does not take returns yet'),
  R001: say('Meldingen følger ikke skjemaet', 'The return does not follow the schema'),
  R002: say('Ukjent mva-kode', 'Unknown VAT code'),
  R003: say('Satsen gjelder ikke for koden i terminen', 'The rate is not valid for the code in the term'),
  R018: say('Linjene summerer seg ikke til fastsatt merverdiavgift', 'The lines do not add up to the total'),
  R019: say('Avgiften er ikke grunnlag × sats', 'The VAT is not base × rate'),
  R020: say(
    'Motsatt fortegn på grunnlag og utgående avgift må forklares med en merknad',
    'The opposite sign of base and output VAT must be explained by a remark',
  ),
  R021: say(
    'Motsatt fortegn på inngående avgift må forklares med en merknad',
    'The opposite sign of input VAT must be explained by a remark',
  ),
  R038: say('Tap på krav kan bare stå på kode 1, 11, 12 og 13', 'Bad debts can stand on codes 1, 11, 12 and 13 only'),
  R039: say('Uttak kan bare stå på kode 3, 5, 31 og 33', 'Withdrawals can stand on codes 3, 5, 31 and 33 only'),
  R040: say('Justering kan bare stå på kode 1 og 81', 'Adjustments can stand on codes 1 and 81 only'),
  R041: say('Tilbakeføring kan bare stå på kode 1 og 81', 'Reversals can stand on codes 1 and 81 only'),
  R051: say(
    'Fellesregistrerte virksomheter melder gjennom den rapporterende enheten',
    'A jointly registered group reports through its reporting unit',
  ),
  R052: say(
    'Omsetningen er for høy for årstermin i alminnelig næring',
    'Turnover is too high for a yearly term in general trade',
  ),
  R061: say('Meldinger for tidligere terminer mangler', 'Returns of earlier terms are missing'),
  R062: say(
    'Meldinger for tidligere terminer mangler; tilgodebeløpet betales ikke ut',
    'Returns of earlier terms are missing; the refund is not paid out',
  ),
  R065: say('Inngående avgift skal ikke ha grunnlag og sats', 'Input VAT has no base and rate'),
  R066: say('Utgående avgift skal ha grunnlag og sats', 'Output VAT has base and rate'),
  R069: say('Ukjent spesifikasjon', 'Unknown specification'),
  R070: say('Merknaden på linjen er ikke i kodelisten', 'The remark of the line is not in the code list'),
  R071: say('Merknaden på meldingen er ikke i kodelisten', 'The remark of the return is not in the code list'),
  R074: say('Merknaden passer ikke koden', 'The remark does not fit the code'),
  R075: say('Merknaden passer ikke kode og fortegn', 'The remark does not fit code and sign'),
  R076: say('Merknaden passer ikke kode og spesifikasjon', 'The remark does not fit code and specification'),
  R077: say('Terminer før 2022 sendes ikke på dette formatet', 'Terms before 2022 are not sent in this format'),
  R078: say('Spesifikasjonen krever en merknad', 'The specification demands a remark'),
  R079: say('KID er ugyldig', 'The KID is not valid'),
  R080: say(
    'Skatteetaten har ikke noe kontonummer å betale tilgodebeløpet til',
    'Skatteetaten has no account number to pay the refund to',
  ),
  R081: say(
    'Utgående linjer skal ha grunnlag og sats, inngående linjer ikke',
    'Output lines have base and rate, input lines do not',
  ),
  R082: say('Beløp skal være hele kroner', 'Amounts are whole kroner'),
  R083: say(
    'Fradrag ventes ikke fra den som er engangsregistrert',
    'No deduction is expected from whoever is registered once',
  ),
  R084: say('Fastsatt merverdiavgift uten linjer', 'A total without lines'),
  R085: say('Grunnlaget er for stort', 'The base is too large'),
  R104: say('Meldingskategorien kan ikke sendes', 'Returns of this category cannot be sent'),
  R114: say('Spesifikasjonen passer ikke koden', 'The specification does not fit the code'),
  R115: say(
    'Kode og kjøp med kompensasjonsrett har samme beløp',
    'The code and its purchases with a right of compensation have the same amount',
  ),
  R116: say('Kjøp med kompensasjonsrett skal ha grunnlag og sats', 'Purchases with compensation have base and rate'),
  R122: say('Avgiften må være mindre enn grunnlaget', 'VAT must be less than its base'),
  R126: say(
    'Virksomhetens organisasjonsform (UDEF) kan ikke sende mva-melding',
    'The organisation’s form (UDEF) cannot send VAT returns',
  ),
  R127: say('Avgift mangler på et grunnlag med sats', 'VAT is missing on a base with a rate'),
  R131: say('Virksomheten er ikke i Enhetsregisteret', 'The organisation is not in the register of legal entities'),
  R132: say(
    'Fristen gikk ut for over tre år siden: meldingen blir en anmodning om endring',
    'The due date passed more than three years ago: the return becomes a request for change',
  ),
  R133: say(
    'Terminen er over fem år gammel: meldingen blir en anmodning om endring',
    'The term is more than five years old: the return becomes a request for change',
  ),
  ...same(
    ['R023', 'R024', 'R025', 'R026', 'R027'],
    'Fradraget er større enn den beregnede avgiften',
    'The deduction is larger than the calculated VAT',
  ),
  ...same(
    ['R028', 'R029', 'R030', 'R031', 'R032'],
    'Fradrag uten beregnet avgift i samme termin',
    'A deduction without calculated VAT in the same term',
  ),
  ...same(
    ['R033', 'R034', 'R035', 'R036', 'R037'],
    'Beregnet avgift uten fradragslinje',
    'Calculated VAT without a deduction line',
  ),
  ...same(
    ['R047', 'R048'],
    'Virksomheten er ikke registrert i Merverdiavgiftsregisteret for denne meldingskategorien',
    'The organisation is not registered for VAT in this category',
  ),
  ...same(
    ['R049', 'R050'],
    'Virksomheten er ikke registrert med denne terminlengden',
    'The organisation is not registered with this length of term',
  ),
  ...same(
    ['R053', 'R054'],
    'Koden kan ikke brukes med de pliktene virksomheten er registrert med',
    'The code cannot be used with the duties that the organisation is registered with',
  ),
  ...same(['R059', 'R060'], 'Terminen er ikke over', 'The term has not ended'),
  ...same(
    ['R072', 'R073'],
    'Virksomheten var ikke registrert i denne terminen',
    'The organisation was not registered in this term',
  ),
};

/** Rules by the identifier of the deviation; identifiers that end in a VAT code are listed once. */
const NUMBERS: readonly (readonly [code: string, rule: string])[] = [
  ['MvaMeldingsinnhold_Xml_SkjemaValideringsfeil', 'R001'],
  ['MVA_MELDINGSKATEGORI_UGYLDIG', 'R104'],
  ['INNLEVERING_FØR_1_1_2022', 'R000'],
  ['INNLEVERING_MELDING_FRA_FØR_2022', 'R077'],
  ['MVA_MELDINGSINNHOLD_GRUNNLAG_ER_LAVERE_ENN_BEREGNET_AVGIFT', 'R122'],
  ['MVA_MELDINGSINNHOLD_SUM_MVA_FEIL_SUMMERING_AV_AVGIFTLINJER', 'R018'],
  ['MVA_MELDINGSINNHOLD_GRUNNLAG_GANGER_GJELDENDE_SATS_FEIL_BEREGNET_MERVERDIAVGIFT_FOR_AVGIFTSLINJE', 'R019'],
  ['MVA_MELDINGSINNHOLD_UTGÅENDE_MOTSATT_FORTEGN_MERKNAD_TIL_MVA_KODEN_MANGLER', 'R020'],
  ['MVA_MELDINGSINNHOLD_INNGÅENDE_MOTSATT_FORTEGN_MERKNAD_TIL_MVA_KODEN_MANGLER', 'R021'],
  ['MVA_MELDINGSINNHOLD_OMSETNING_OVER_EN_MILLON_FOR_ÅRSTERMINPLIKT', 'R052'],
  ['MVA_MELDINGSINNHOLD_UGYLDIG_MVA_KODE_FOR_OPPGITT_MELDINGSKATEGORI_ALMINNELIG_NÆRING_MED_PLIKT', 'R053'],
  ['MVA_MELDINGSINNHOLD_UGYLDIG_MVA_KODE_FOR_OPPGITT_MELDINGSKATEGORI_PRIMÆRNÆRING_MED_PLIKT', 'R054'],
  ['MVA_KODE_FOR_INNGÅENDE_AVGIFT_HAR_FEILAKTIG_GRUNNLAG_OG_SATS', 'R065'],
  ['MVA_KODE_FOR_UTGÅENDE_AVGIFT_MANGLER_GRUNNLAG_OG_SATS', 'R066'],
  ['MVA_KODE_FOR_INNGÅENDE_ELLER_UTGÅENDE_FEIL_GRUNNLAG_ELLER_SATS', 'R081'],
  ['MVA_SPESIFIKASJONSLINJEN_KJØP_MED_KOMPENSASJONSRETT_MANGLER_GRUNNLAG_OG_SATS', 'R116'],
  ['MVA_MELDINGSINNHOLD_MERKNAD_MANGLER', 'R078'],
  ['MVA_MELDINGSINNHOLD_KID_NUMMER_GYLDIG', 'R079'],
  ['MVA_MELDINGSINNHOLD_BELØP_INNEHOLDER_DESIMALER', 'R082'],
  ['MVA_MELDINGSINNHOLD_PLIKT_FOR_ENGANGSREGISTRERING', 'R083'],
  ['MVA_MELDINGSINNHOLD_BELØP_I_FASTSATT_MERVERDIAVGIFT_MANGLER_MVA_KODER', 'R084'],
  ['MVA_MELDINGSINNHOLD_GRUNNLAG_OVERSTIGER_MAKS_VERDI', 'R085'],
  ['MVA_MELDINGSINNHOLD_SPESIFIKASJONSLINJE_KJØP_MED_KOMPENSASJONSRETT', 'R115'],
  ['MVA_MELDINGSINNHOLD_SPESIFIKASJONSLINJE_TAP_PÅ_KRAV_FØRT_PÅ_FEIL_MVA_KODE', 'R038'],
  ['MVA_MELDINGSINNHOLD_SPESIFIKASJONSLINJE_UTTAK_FØRT_PÅ_FEIL_MVA_KODE', 'R039'],
  ['MVA_MELDINGSINNHOLD_SPESIFIKASJONSLINJE_JUSTERING_FØRT_PÅ_FEIL_MVA_KODE', 'R040'],
  ['MVA_MELDINGSINNHOLD_SPESIFIKASJONSLINJE_TILBAKEFØRING_INNGÅENDE_AVGIFT_9_6_OG_9_7_FØRT_PÅ_FEIL_MVA_KODE', 'R041'],
  ['MVA_MELDINGSINNHOLD_SPESIFIKASJONSLINJE_KJØP_MED_KOMPENSASJONSRETT_FØRT_PÅ_FEIL_MVA_KODE', 'R114'],
  ['MVA_PLIKT_OPPGITT_MELDINGSKATEGORI_ALMINNELIG_NÆRING_FINNES_IKKE', 'R047'],
  ['MVA_PLIKT_OPPGITT_MELDINGSKATEGORI_PRIMÆRNÆRING_FINNES_IKKE', 'R048'],
  ['MVA_PLIKT_OPPGITT_SKATTLEGGINGSPERIODE_FOR__MELDINGSKATEGORI_ALMINNELIG_NÆRING_FINNES_IKKE', 'R049'],
  ['MVA_PLIKT_OPPGITT_SKATTLEGGINGSPERIODE_FOR__MELDINGSKATEGORI__PRIMÆRNÆRING_FINNES_IKKE', 'R050'],
  ['MVA_PLIKT_FOR__MELDINGSKATEGORI_DEKKER_IKKE_SKATTELEGGINGSPERIODE_ALMINNELIG', 'R072'],
  ['MVA_PLIKT_FOR__MELDINGSKATEGORI_DEKKER_IKKE_SKATTELEGGINGSPERIODE_PRIMAERNAERING', 'R073'],
  ['MVA_PLIKT_SKATTLEGGINGSPERIODEN_FOR__MELDINGSKATEGORI_ALMINNELIG_NÆRING_MÅ_VÆRE_FERDIG', 'R059'],
  ['MVA_PLIKT_SKATTLEGGINGSPERIODEN_FOR__MELDINGSKATEGORI_PRIMÆRNÆRING_MÅ_VÆRE_FERDIG', 'R060'],
  ['MVA_PLIKT_DELTAKERE_I_FELLESREGISTRERING_HAR_IKKE_MVA_PLIKT', 'R051'],
  ['MVA_MELDINGSINNHOLD_AVGIFT_Å_BETALE_TIDLIGERE_TERMINER_MANGLER_MVA_MELDING', 'R061'],
  ['MVA_MELDINGSINNHOLD_AVGIFT_TIL_GODE_TIDLIGERE_TERMINER_MANGLER_MVA_MELDING', 'R062'],
  ['MVA_MELDINGSINNHOLD_KONTONUMMER_FINNES_IKKE', 'R080'],
  ['MVA_KODE_MERKNAD_FORTEGN_GYLDIG_VANLIG_FORTEGN', 'R074'],
  ['MVA_KODE_MERKNAD_FORTEGN_GYLDIG_MOTSATT_FORTEGN', 'R075'],
  ['MVA_KODE_MERKNAD_FORTEGN_GYLDIG_FOR_SPESIFIKASJON', 'R076'],
  ['MVA_MELDINGSINNHOLD_AVGIFT_BEREGNET_TIL_0_VED_OPPGITT_GRUNNLAG_MED_BELØP', 'R127'],
  ['MVA_PLIKT_ORG_FORM_UDEF', 'R126'],
  ['MVA_MANGLENDE_REGISTRERING_I_ENHETSREGISTERET', 'R131'],
  ['MVA_MELDING_LEVERINGSFRIST_TERMIN_MER_ENN_TRE_ÅR_TILBAKE', 'R132'],
  ['MVA_MELDING_UTLØPSDATO_TERMIN_MER_ENN_FEM_ÅR_TILBAKE', 'R133'],
];

const BY_CODE = new Map(NUMBERS.map(([code, rule]) => [code.toUpperCase(), rule]));
/** Identifiers that end in the VAT code, and the rules of 81, 83, 86, 88 and 91. */
const PAIRED: readonly (readonly [ending: string, first: number])[] = [
  ['AVVIK_MELLOM_BEREGNET_OG_INNGÅENDE_AVGIFT_MVA_KODE_', 23],
  ['AVVIK_UTGÅENDE_AVGIFT_MANGLER_MVA_KODE_', 28],
  ['AVVIK_INNGÅENDE_AVGIFT_MANGLER_MVA_KODE_', 33],
];
const PAIRED_CODES = ['81', '83', '86', '88', '91'];

/** The number of the rule in a response, by its number or its identifier; null if unknown. */
export function ruleOf(code: string, definition: string): string | null {
  const number = /\bR\d{3}\b/.exec(`${definition} ${code}`)?.[0];
  if (number) return number;
  const upper = code.toUpperCase();
  const known = BY_CODE.get(upper);
  if (known) return known;
  for (const [ending, first] of PAIRED) {
    const at = upper.indexOf(ending);
    const paired = at < 0 ? -1 : PAIRED_CODES.indexOf(upper.slice(at + ending.length));
    if (paired >= 0) return `R0${first + paired}`;
  }
  return null;
}

/** The rule in words; for an unknown rule Skatteetaten's own text. */
export function wordsOf(rule: string | null, theirs: string): Text {
  const known = rule !== null && Object.hasOwn(WORDS, rule) ? WORDS[rule] : undefined;
  return known ?? { nb: `Skatteetaten: ${theirs}`, en: `Skatteetaten (in Norwegian): ${theirs}` };
}

function say(nb: string, en: string): Text {
  return { nb, en };
}

function same(rules: readonly string[], nb: string, en: string): Record<string, Text> {
  return Object.fromEntries(rules.map((rule) => [rule, { nb, en }]));
}
