/** A property of the stand-in's registry. All of them are invented; owners are synthetic organisations. */
export interface Property {
  id: string;
  type: string;
  municipality: [code: string, name: string];
  /** gnr/bnr/fnr/snr. */
  cadastre: [number, number, number, number];
  roads: { name: string; number: number; letter?: string }[];
  post: [code: string, place: string] | null;
  established: string;
  /** Absent in the response if false. */
  historical?: boolean;
  /** Share in percent, by owner. */
  owners: Record<string, string>;
  dwelling?: { type: string; area: number | null; year: number | null };
  commercial?: { type: string; area: number };
  units?: { number: string; area: number; year: number }[];
  /** For a unit in a housing company. */
  cooperative?: { organizationNumber: string; share?: string; unit?: string; name: string };
  documentedValue?: string;
  /** A refusal of every request about it: `EIENDOM-015`. */
  refusedWith?: string;
}

type Given = Omit<Property, 'roads' | 'post' | 'owners'> & {
  /** `Strandgaten 18B, 5013 Bergen`; several with ` + `. */
  address: string | null;
  owner: string | Record<string, string>;
};

function property({ address, owner, ...given }: Given): Property {
  const addresses = address?.split(' + ') ?? [];
  const parts = addresses.map((one) => /^(.+) (\d+)([A-Z]?), (\d{4}) (.+)$/.exec(one)!);
  const [first] = parts;
  return {
    ...given,
    roads: parts.map(([, name, number, letter]) => ({
      name: name!,
      number: Number(number),
      ...(letter ? { letter } : {}),
    })),
    post: first ? [first[4]!, first[5]!.toUpperCase()] : null,
    owners: typeof owner === 'string' ? { [owner]: '100.00' } : owner,
  };
}

const BERGEN: Property['municipality'] = ['4601', 'BERGEN'];
const OSLO: Property['municipality'] = ['0301', 'OSLO'];
const HALDEN: Property['municipality'] = ['3101', 'HALDEN'];
const ARENDAL: Property['municipality'] = ['4203', 'ARENDAL'];
const LILLEHAMMER: Property['municipality'] = ['3405', 'LILLEHAMMER'];
const SOR_VARANGER: Property['municipality'] = ['5605', 'SØR-VARANGER'];

const storeys = (count: number, perStorey: number, area: number, year: number) =>
  Array.from({ length: count }, (_, i) => ({
    number: `H0${Math.floor(i / perStorey) + 1}0${(i % perStorey) + 1}`,
    area,
    year,
  }));

export const PROPERTIES: readonly Property[] = [
  // The one in the API's specification, so that its request works unchanged.
  property({
    id: '3817404',
    type: 'ikkeUtleidNaeringseiendomINorge',
    municipality: BERGEN,
    cadastre: [31, 139, 0, 0],
    address: 'Strandgaten 18, 5013 Bergen',
    established: '2005-08-15',
    historical: false,
    owner: { '310049573': '100.00', '310576158': '100.00' },
    commercial: { type: 'kontor', area: 420 },
    dwelling: { type: '', area: null, year: 1985 },
  }),
  property({
    id: '4600101',
    type: 'selveidBolig',
    municipality: ARENDAL,
    cadastre: [61, 402, 0, 0],
    address: 'Seilmakerbakken 7, 4810 Eydehavn',
    established: '1998-05-04',
    owner: '311180959',
    dwelling: { type: 'enebolig', area: 150, year: 2000 },
  }),
  property({
    id: '4600102',
    type: 'selveidBolig',
    municipality: OSLO,
    cadastre: [88, 731, 0, 0],
    address: 'Tjernsvingen 14B, 0956 Oslo',
    established: '1979-11-20',
    owner: { '311688480': '50.00', '312805243': '50.00' },
    dwelling: { type: 'smaahus', area: 128, year: 1980 },
  }),
  property({
    id: '4600103',
    type: 'selveidBolig',
    municipality: BERGEN,
    cadastre: [164, 902, 0, 3],
    address: 'Kalvedalsslipen 3, 5018 Bergen + Kalvedalsslipen 5A, 5018 Bergen',
    established: '2011-02-28',
    owner: '312805243',
    dwelling: { type: 'leilighet', area: 73, year: 1953 },
    documentedValue: '3900000',
  }),
  property({
    id: '4600104',
    type: 'selveidBolig',
    municipality: HALDEN,
    cadastre: [59, 1, 49, 0],
    address: 'Festebakken 2, 1776 Halden',
    established: '1969-07-01',
    owner: '311180959',
    dwelling: { type: 'enebolig', area: 230, year: 1969 },
  }),
  property({
    id: '4600110',
    type: 'boenhetIBoligselskap',
    municipality: OSLO,
    cadastre: [213, 640, 0, 0],
    address: 'Lindebergløkka 9A, 1068 Oslo',
    established: '1964-01-10',
    owner: '311688480',
    cooperative: { organizationNumber: '313771539', share: '12', name: 'Lindebergløkka Borettslag' },
    dwelling: { type: 'leilighet', area: 68, year: 1964 },
  }),
  property({
    id: '4600111',
    type: 'boenhetIBoligselskap',
    municipality: OSLO,
    cadastre: [213, 641, 0, 0],
    address: 'Lindebergløkka 11, 1068 Oslo',
    established: '1964-01-10',
    owner: '311688480',
    cooperative: { organizationNumber: '310976830', unit: '4', name: 'Lindebergløkka Boligaksjeselskap AS' },
    dwelling: { type: 'leilighet', area: 54, year: 1964 },
  }),
  property({
    id: '4600200',
    type: 'flerboligbygning',
    municipality: HALDEN,
    cadastre: [70, 214, 0, 0],
    address: 'Spinnerigata 8, 1792 Tistedal',
    established: '2015-09-30',
    owner: '314173546',
    units: storeys(8, 4, 100, 2016),
  }),
  property({
    id: '4600201',
    type: 'flerboligbygning',
    municipality: OSLO,
    cadastre: [97, 212, 0, 0],
    address: 'Stjernebråten 2, 0581 Oslo',
    established: '1974-06-01',
    owner: '317383231',
    units: storeys(24, 6, 71, 1974),
  }),
  property({
    id: '4600300',
    type: 'ikkeUtleidNaeringseiendomINorge',
    municipality: LILLEHAMMER,
    cadastre: [53, 327, 0, 0],
    address: null,
    established: '1991-03-14',
    owner: '312974436',
    commercial: { type: 'tomtGrunnarealHovedfunksjon', area: 250 },
  }),
  property({
    id: '4600301',
    type: 'naeringseiendom',
    municipality: LILLEHAMMER,
    cadastre: [53, 344, 0, 0],
    address: 'Verkstedveien 22, 2619 Lillehammer',
    established: '1988-12-01',
    owner: { '312169053': '100.00', '310576158': '100.00' },
    commercial: { type: 'verksted', area: 1_150 },
  }),
  property({
    id: '4600400',
    type: 'selveidFritidseiendom',
    municipality: HALDEN,
    cadastre: [80, 5, 1, 0],
    address: 'Torskeviken 35, 1789 Berg i Østfold',
    established: '1971-04-22',
    owner: '312869179',
  }),
  property({
    id: '4600500',
    type: 'gaardsbruk',
    municipality: OSLO,
    cadastre: [97, 905, 0, 0],
    address: 'Nordre Skogvei 588, 0962 Oslo',
    established: '1903-01-01',
    owner: '313191796',
  }),
  property({
    id: '4600501',
    type: 'tomt',
    municipality: SOR_VARANGER,
    cadastre: [25, 421, 0, 0],
    address: null,
    established: '2019-06-17',
    owner: '312915103',
  }),
  property({
    id: '4600502',
    type: 'annenFastEiendomInnenforInntektsgivendeAktivitet',
    municipality: HALDEN,
    cadastre: [100, 8, 0, 0],
    address: null,
    established: '1955-10-05',
    historical: true,
    owner: '310459402',
  }),
  // Kinds without a value of their own.
  property({
    id: '4600600',
    type: 'boligselskap',
    municipality: OSLO,
    cadastre: [213, 640, 0, 0],
    address: 'Lindebergløkka 9, 1068 Oslo',
    established: '1964-01-10',
    owner: '313771539',
  }),
  property({
    id: '4600601',
    type: 'seksjonert',
    municipality: BERGEN,
    cadastre: [164, 902, 0, 0],
    address: 'Kalvedalsslipen 3, 5018 Bergen',
    established: '2011-02-28',
    owner: '312805243',
  }),
  property({
    id: '4600602',
    type: 'splittet',
    municipality: BERGEN,
    cadastre: [109, 778, 0, 0],
    address: 'Flesjevegen 230, 5258 Blomsterdalen',
    established: '1980-08-08',
    owner: '311703129',
  }),
  ...(['EIENDOM-013', 'EIENDOM-015', 'EIENDOM-019'] as const).map((refusedWith, i) =>
    property({
      id: `460070${i}`,
      type: 'selveidBolig',
      municipality: HALDEN,
      cadastre: [44, 70 + i, 0, 0],
      address: null,
      established: '1960-01-01',
      owner: '311180959',
      refusedWith,
    }),
  ),
];

/** Kinds that come back as `ukjentEiendomINorge`. */
export const UNKNOWN_KINDS: ReadonlySet<string> = new Set(['boligselskap', 'seksjonert', 'splittet', 'eidAvEiendom']);
