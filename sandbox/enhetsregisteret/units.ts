/** A unit as the register has it. */
export interface Unit {
  organisasjonsnummer: string;
  navn: string;
  organisasjonsform: string;
  overordnetEnhet?: string;
  mva: boolean;
  konkursdato?: string;
  underAvviklingDato?: string;
  tvangsopplostDato?: string;
  slettedato?: string;
  /** Taken out for legal reasons: 410. */
  fjernet?: string;
  adresse: { adresse: string[]; postnummer: string; poststed: string; kommunenummer: string; kommune: string };
  hjemmeside?: string;
}

const FJELL = {
  adresse: ['Dikeveien 52'],
  postnummer: '1661',
  poststed: 'ROLVSØY',
  kommunenummer: '3107',
  kommune: 'FREDRIKSTAD',
};
const BERGEN = {
  adresse: ['Strandgaten 18'],
  postnummer: '5013',
  poststed: 'BERGEN',
  kommunenummer: '4601',
  kommune: 'BERGEN',
};
const OSLO = {
  adresse: ['Karl Johans gate 2', '3. etasje'],
  postnummer: '0154',
  poststed: 'OSLO',
  kommunenummer: '0301',
  kommune: 'OSLO',
};

const unit = (
  organisasjonsnummer: string,
  navn: string,
  organisasjonsform: string,
  adresse: Unit['adresse'],
  more: Partial<Unit> = {},
): Unit => ({ organisasjonsnummer, navn, organisasjonsform, adresse, mva: organisasjonsform !== 'BRL', ...more });

/** Synthetic organisations only; roles and names are of our own making. */
export const UNITS: readonly Unit[] = [
  unit('310049573', 'DIKE EIENDOM AS', 'AS', FJELL, { hjemmeside: 'www.dike-eiendom.example' }),
  unit('312974436', 'LILLEHAMMER LAGER AS', 'AS', FJELL),
  unit('312169053', 'GUDBRANDSDAL HANDEL AS', 'AS', FJELL),
  unit('312915103', 'VARANGER FISK AS', 'AS', FJELL),
  unit('314173546', 'HALDEN UTLEIE AS', 'AS', FJELL),
  unit('310463043', 'BERGEN BYGÅRDER AS', 'AS', BERGEN),
  unit('311180959', 'ASBJØRN TØMRER', 'ENK', BERGEN),
  unit('311688480', 'OSLO RÅDGIVNING ENK', 'ENK', OSLO, { mva: false }),
  unit('312805243', 'LEILIGHET FIRE AS', 'AS', BERGEN),
  unit('312869179', 'HYTTEFOLKET AS', 'AS', FJELL),
  unit('313191796', 'ØVRE GÅRD DA', 'DA', FJELL),
  unit('310459402', 'ANNEN NÆRING AS', 'AS', FJELL),
  unit('314002903', 'ANNEN EIENDOM AS', 'AS', FJELL),
  unit('311703129', 'DELT TOMT AS', 'AS', FJELL),
  unit('314251334', 'DELT GRUNN AS', 'AS', FJELL),
  ...['312434865', '313771539', '310976830', '312990806', '312897849', '313083829', '313122298'].map((number, i) =>
    unit(number, `BORETTSLAGET SOLBAKKEN ${i + 1}`, 'BRL', OSLO),
  ),
  unit('213796712', 'FJORDKOMMUNEN', 'KOMM', BERGEN),
  unit('315166969', 'FJORDKOMMUNEN AVD SKOLE', 'BEDR', BERGEN, { overordnetEnhet: '213796712' }),
  unit('311012940', 'KJEDEN AS', 'AS', OSLO),
  unit('315547571', 'KJEDEN AVD STORTORVET', 'BEDR', OSLO, { overordnetEnhet: '311012940' }),
  unit('313367002', 'HOVEDBOK LEVERANDØR AS', 'AS', OSLO),
  unit('314112938', 'FJELL REGNSKAP AS', 'AS', OSLO),
  unit('310904473', 'UTEN RETTIGHETER AS', 'AS', OSLO, { konkursdato: '2026-02-11' }),
  unit('311123254', 'PRØVEVIRKSOMHETEN AS', 'AS', OSLO, { slettedato: '2026-01-31', mva: false }),
];
