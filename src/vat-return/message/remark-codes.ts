import type { Text } from '../../platform/errors.ts';

interface RemarkCode extends Text {
  code: string;
}

/**
 * Remarks on a line (code list `merknad` of mva-meldingen, snapshot 05c8b14; without those of the compensation return).
 */
export const LINE_REMARKS: readonly RemarkCode[] = [
  { code: 'avvikende fakturering', nb: 'Avvikende fakturering', en: 'Non-standard invoicing' },
  { code: 'periodisering', nb: 'Periodisering', en: 'Accruals' },
  {
    code: 'feil mva-kode brukt tidligere',
    nb: 'Feil mva-kode brukt tidligere',
    en: 'Previously used VAT code is incorrect',
  },
  { code: 'feil i regnskapsprogram', nb: 'Feil i regnskapsprogram', en: 'Errors in accounting software' },
  { code: 'forsikringsoppgjør', nb: 'Forsikringsoppgjør', en: 'Insurance settlement' },
  { code: 'omsetning før registrering', nb: 'Omsetning før registrering', en: 'Turnover before registration' },
  { code: 'omberegning eller retur', nb: 'Omberegning eller retur', en: 'Recalculation or returns' },
  { code: 'midlertidig innførsel', nb: 'Midlertidig innførsel', en: 'Temporary import' },
  { code: 'gjeninnførsel', nb: 'Gjeninnførsel', en: 'Re-import' },
  {
    code: 'tolldeklarasjon på feil organisasjonsnummer',
    nb: 'Tolldeklarasjon på feil organisasjonsnummer',
    en: 'Customs declaration made under an incorrect organisation number',
  },
  { code: 'gjenutførsel eller retur', nb: 'Gjenutførsel eller retur', en: 'Re-export or returns' },
  { code: 'midlertidig utførsel', nb: 'Midlertidig utførsel', en: 'Temporary export' },
  { code: 'tjenesteeksport', nb: 'Tjenesteeksport', en: 'Export of services' },
  { code: 'store anskaffelser', nb: 'Store anskaffelser', en: 'Large purchases' },
  { code: 'kreditnota', nb: 'Kreditnota', en: 'Credit notes' },
  {
    code: 'anskaffelser foretatt før mva registrering',
    nb: 'Anskaffelser foretatt før mva registrering (tilbakegående avgiftsoppgjør)',
    en: 'Purchases made before VAT registration (retrospective value added tax settlement)',
  },
  { code: 'bygg i egenregi', nb: 'Bygg i egenregi', en: 'Building for own expense and risk' },
  {
    code: 'uttak av varer ved sletting av virksomhet i mva-register',
    nb: 'Uttak av varer ved opphør',
    en: 'Withdrawal of goods after cessation',
  },
  { code: 'fast eiendom', nb: 'Fast eiendom', en: 'Real property' },
  { code: 'personkjøretøy', nb: 'Personkjøretøy', en: 'Passenger vehicles' },
  { code: 'demobil', nb: 'Demobil', en: 'Demonstration car' },
  {
    code: 'avgiftsfritt salg av fiskefartøy',
    nb: 'Avgiftsfritt salg av fiskefartøy',
    en: 'VAT-free sale of fishing vessel',
  },
  {
    code: 'feil mva-kode for kompensasjon brukt tidligere',
    nb: 'Feil mva-kode for kompensasjon brukt tidligere',
    en: 'Previously used VAT code for compensation is incorrect',
  },
  {
    code: 'fradrag føres i kompensasjonsmelding',
    nb: 'Fradrag føres i kompensasjonsmelding',
    en: 'Deductions will be entered in the tax return for VAT compensation',
  },
];

/** Remarks on the return as a whole. */
export const RETURN_REMARKS: readonly RemarkCode[] = [
  { code: 'BFU', nb: 'Bindende forhåndsuttalelse', en: 'Binding advance ruling' },
  { code: 'virksomhet under avvikling', nb: 'Virksomhet under avvikling', en: 'Enterprise under liquidation' },
  {
    code: 'virksomhet har endret selskapsform',
    nb: 'Virksomheten har endret selskapsform',
    en: 'The enterprise has changed legal structure',
  },
  {
    code: 'omsetningssvikt pga ekstraordinære forhold',
    nb: 'Omsetningssvikt pga. ekstraordinære forhold',
    en: 'Drop in revenue due to extraordinary circumstances',
  },
  { code: 'forlis', nb: 'Forlis', en: 'Shipwreck' },
  { code: 'avvikende fakturering', nb: 'Avvikende fakturering', en: 'Non-standard invoicing' },
];

/** Free text, in the list of allowed remarks per line. */
export const FREE_TEXT = 'fritekstfelt';

/**
 * Which remarks are allowed with which codes, by specification and by the sign of the VAT or base as submitted (code
 * list
 * `merknadTilsvarendeMvaKode`, general and primary industries).
 */
export const FITTING: readonly [remark: string, specification: string | null, minus: string, plus: string][] = [
  ['anskaffelser foretatt før mva registrering', null, '1 11 13 14 15', '12 82 84 85 86 87 88 89'],
  [
    'feil i regnskapsprogram',
    null,
    '1 3 5 6 11 13 14 15 31 32 33 51 52 81 82 83 84 85 86 87 88 89 91 92',
    '1 3 5 6 11 12 13 14 15 31 32 33 52 81 82 83 84 85 86 87 88 89 91',
  ],
  ['feil i regnskapsprogram', 'tilbakeføringAvInngåendeMerverdiavgift', '1 81', ''],
  [
    'feil mva-kode brukt tidligere',
    null,
    '1 3 5 6 11 13 14 15 31 32 33 51 52 81 82 83 84 85 86 87 88 89 91 92',
    '1 3 5 6 11 12 13 14 15 31 32 33 52 81 82 83 84 85 86 87 88 89 91',
  ],
  ['feil mva-kode brukt tidligere', 'tilbakeføringAvInngåendeMerverdiavgift', '1 81', ''],
  ['forsikringsoppgjør', null, '1', ''],
  [
    'fritekstfelt',
    null,
    '1 3 5 6 11 12 13 14 15 31 32 33 51 52 81 82 83 84 85 86 87 88 89 91 92',
    '1 3 5 6 11 12 13 14 15 31 32 33 51 52 81 82 83 84 85 86 87 88 89 91 92',
  ],
  ['fritekstfelt', 'tapPåKrav', '1 11 12 13', '1 11 12 13'],
  ['fritekstfelt', 'justering', '1 81', '1 81'],
  ['fritekstfelt', 'tilbakeføringAvInngåendeMerverdiavgift', '1 81', ''],
  [
    'kreditnota',
    null,
    '1 3 5 6 11 13 31 32 33 51 52 86 87 88 89 91 92',
    '1 3 5 6 11 12 13 31 32 33 52 81 83 86 87 88 89 91',
  ],
  ['kreditnota', 'tilbakeføringAvInngåendeMerverdiavgift', '1 81', ''],
  [
    'periodisering',
    null,
    '1 3 5 6 11 13 14 15 31 32 33 51 52 81 82 83 84 85 86 87 88 89 91 92',
    '1 3 5 6 11 12 13 14 15 31 32 33 52 81 82 83 84 85 86 87 88 89 91',
  ],
  ['periodisering', 'tilbakeføringAvInngåendeMerverdiavgift', '1 81', ''],
  ['personkjøretøy', 'tilbakeføringAvInngåendeMerverdiavgift', '', '1 81'],
  ['store anskaffelser', null, '1 11 13 14 15 83', '12 81 82 83 84 85 86 87 88 89'],
  ['fritekstfelt', 'uttak', '3 5 31 33', '3 5 31 33'],
  ['tolldeklarasjon på feil organisasjonsnummer', null, '14 15 52 81 82 83 84 85', '14 15 52 81 82 83 84 85'],
  ['bygg i egenregi', 'uttak', '', '3'],
  ['demobil', 'uttak', '', '3'],
  ['omsetning før registrering', null, '3 5 6 31 33 91 92', '3 5 6 31 32 33 83 86 88 89'],
  ['omsetning før registrering', 'uttak', '3 5 31 33', ''],
  ['uttak av varer ved sletting av virksomhet i mva-register', 'uttak', '', '3 5 31 33'],
  ['feil i regnskapsprogram', 'uttak', '3 5 31 33', ''],
  ['feil mva-kode brukt tidligere', 'uttak', '3 5 31 33', ''],
  ['kreditnota', 'uttak', '3 5 31 33', ''],
  ['periodisering', 'uttak', '3 5 31 33', ''],
  ['gjenutførsel eller retur', null, '', '52'],
  ['midlertidig utførsel', null, '', '52'],
  ['tjenesteeksport', null, '', '52'],
  ['fast eiendom', 'tilbakeføringAvInngåendeMerverdiavgift', '', '1 81'],
  ['gjeninnførsel', null, '83', '81 82 83 84'],
  ['midlertidig innførsel', null, '83', '81 82 83 84'],
  ['omberegning eller retur', null, '81 82 83 84 85', '14 15 81 82 83 84 85'],
  [
    'avvikende fakturering',
    null,
    '1 3 5 6 11 13 14 15 31 32 33 51 52 81 82 83 84 85 86 87 88 89 91 92',
    '1 3 5 6 11 12 13 14 15 31 32 33 52 81 82 83 84 85 86 87 88 89 91',
  ],
  ['avvikende fakturering', 'uttak', '3 5 31 33', ''],
  ['avgiftsfritt salg av fiskefartøy', null, '', '5'],
  ['avvikende fakturering', 'tilbakeføringAvInngåendeMerverdiavgift', '1 81', ''],
  ['Feil i regnskapsprogram', 'kompensasjonsrett', '81 83 86 88 91', '81 83 86 88 91'],
  ['Feil mva-kode for kompensasjon brukt tidligere', 'kompensasjonsrett', '81 83 86 88 91', '81 83 86 88 91'],
  ['kreditnota', 'kompensasjonsrett', '81 83 86 88 91', '81 83 86 88 91'],
  ['fradrag føres i kompensasjonsmelding', 'kompensasjonsrett', '', '81 83 86 88 91'],
  ['omberegning eller retur', 'tilbakeføringAvInngåendeMerverdiavgift', '81', ''],
  ['tolldeklarasjon på feil organisasjonsnummer', 'tilbakeføringAvInngåendeMerverdiavgift', '81', ''],
  ['fritekstfelt', 'kompensasjonsrett', '81 83 86 88 91', '81 83 86 88 91'],
];
