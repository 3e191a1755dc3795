import { address, email, type StoryPartner, type StoryValue } from '../company.ts';
import { bankAccountNumber, organizationNumber } from '../identities.ts';

export interface Customer {
  key: string;
  number: number;
  name: string;
  /** Days after the due date on which it usually pays. */
  pays: [earliest: number, latest: number];
  terms: number;
}

const CUSTOMER_NAMES = [
  'Skur og Svale Arkitekter AS',
  'Havnehagen Hotell AS',
  'Kråkebolle Kafé AS',
  'Brattvoll Boliginteriør AS',
  'Lysning Tannklinikk AS',
  'Sjøbris Seniorboliger AS',
  'Grålysning Kontorfellesskap AS',
  'Tiriltunga Barnehage AS',
  'Nattergal Bokhandel AS',
  'Fjøsnissen Gårdsmat AS',
  'Tusenfryd Optikk og Syn AS',
  'Vindfang Entreprenør AS',
  'Bjelkelag Bygg AS',
  'Smørbukk Bakeri AS',
  'Kobberkanne Kaffebrenneri AS',
  'Snøkrystall Fysioterapi AS',
  'Lerkesporen Helsehus AS',
  'Torvtaket Eiendomsutvikling AS',
  'Blåveis Blomsterdesign AS',
  'Rimfrost Frisør AS',
  'Ugletårnet Advokatkontor AS',
  'Strandsnipe Reiser AS',
  'Mosegrodd Naturopplevelser AS',
  'Kvistfri Byggvare AS',
  'Solhverv Yogasenter AS',
  'Trollskau Treningssenter AS',
  'Gullvinge Gullsmed AS',
  'Regnbuefisk Restaurant AS',
  'Kveldsbris Catering AS',
  'Steinrøys Anlegg AS',
  'Morgendugg Marked AS',
  'Ørneblikk Revisjon AS',
  'Hvitveis Hudpleie AS',
  'Sølvpil Reklamebyrå AS',
] as const;
const LATE = new Set([2, 13, 22, 29]);

export const CUSTOMERS: readonly Customer[] = CUSTOMER_NAMES.map((name, i) => ({
  key: `K${10001 + i}`,
  number: 10001 + i,
  name,
  pays: LATE.has(i) ? [9, 38] : i % 3 === 0 ? [-4, 0] : [-1, 6],
  terms: i % 5 === 0 ? 30 : 14,
}));

/** The customer that goes bankrupt and leaves an invoice unpaid. */
export const BANKRUPT: Customer = {
  key: 'K10090',
  number: 10090,
  name: 'Luftslott Prosjekt AS',
  pays: [9, 9],
  terms: 14,
};

export const EXPORT_CUSTOMERS: readonly Customer[] = [
  { key: 'K10101', number: 10101, name: 'Möbelstugan i Lindsele AB', pays: [-2, 6], terms: 30 },
  { key: 'K10102', number: 10102, name: 'Atelier Brisson SARL', pays: [0, 12], terms: 30 },
];
const ABROAD: Record<string, [street: string, postalCode: string, city: string, country: string]> = {
  K10101: ['Kvarngatan 12', '903 99', 'Umeå', 'SE'],
  K10102: ['4 rue des Tilleuls', '69099', 'Lyon', 'FR'],
  L20101: ['Sägeweg 8', '79999', 'Freiburg', 'DE'],
  L20102: ['2 Quay Lane', 'D02 XX00', 'Dublin', 'IE'],
};

/** Suppliers at home, by key. */
export const SUPPLIERS = {
  timber: ['L20001', 'Kvistholt Trelast AS'],
  boards: ['L20002', 'Finerhuset Plater AS'],
  fittings: ['L20003', 'Hengsel og Skrue Engros AS'],
  paint: ['L20004', 'Linolje og Lakk AS'],
  textile: ['L20005', 'Ullteppet Tekstil AS'],
  mounting: ['L20006', 'Stødig Montering AS'],
  electrician: ['L20007', 'Kortslutta Elektro AS'],
  rent: ['L20010', 'Sagbruksgata 4 Eiendom AS'],
  power: ['L20011', 'Fossekall Strøm AS'],
  water: ['L20012', 'Elvebredden kommune'],
  waste: ['L20013', 'Skrapehaugen Gjenvinning AS'],
  cleaning: ['L20014', 'Blankskurt Renhold AS'],
  phone: ['L20015', 'Fugletråd Mobil AS'],
  broadband: ['L20016', 'Lyspuls Bredbånd AS'],
  insurance: ['L20017', 'Paraply Forsikring AS'],
  accounting: ['L20018', 'Toskrift Regnskap AS'],
  audit: ['L20019', 'Ørneblikk Revisjon AS'],
  vanLease: ['L20020', 'Rullende Leasing AS'],
  freight: ['L20021', 'Landeveien Spedisjon AS'],
  machines: ['L20022', 'Sponflis Maskin AS'],
  computers: ['L20023', 'Tastetrykk Data AS'],
  furniture: ['L20024', 'Kontorkroken Innredning AS'],
  cars: ['L20025', 'Svingdøra Bil AS'],
  pension: ['L20026', 'Langsikt Pensjon AS'],
  advertising: ['L20027', 'Sølvpil Reklamebyrå AS'],
  courses: ['L20028', 'Vettskap Kurs AS'],
  safety: ['L20029', 'Hjelm og Hanske AS'],
  staffing: ['L20030', 'Ekstrahånd Bemanning AS'],
  software: ['L20031', 'Tegnestift Programvare AS'],
  customs: ['L20032', 'Tollbua Klarering AS'],
} as const;

export const FOREIGN_SUPPLIERS = {
  hardwood: ['L20101', 'Holzwerk Grünau GmbH'],
  cloud: ['L20102', 'Draftcloud Software Ltd'],
} as const;

export interface Employee {
  key: string;
  name: string;
  department: string;
  /** Monthly pay in kroner in the first year. */
  pay: number;
  taxPercent: number;
  /** Months from the start of the story until the first pay. */
  startsAfter: number;
}

export const EMPLOYEES: readonly Employee[] = [
  { key: 'A1', name: 'Sigrun Lerkefjell', department: 'ADM', pay: 64_000, taxPercent: 34, startsAfter: 0 },
  { key: 'A2', name: 'Torleif Bråtesveen', department: 'PROD', pay: 49_500, taxPercent: 29, startsAfter: 0 },
  { key: 'A3', name: 'Amina Haugsrud', department: 'PROD', pay: 46_000, taxPercent: 27, startsAfter: 0 },
  { key: 'A4', name: 'Jonas Vikmyr', department: 'PROD', pay: 43_500, taxPercent: 26, startsAfter: 0 },
  { key: 'A5', name: 'Elisiv Granås', department: 'PROSJ', pay: 52_000, taxPercent: 30, startsAfter: 0 },
  { key: 'A6', name: 'Mikael Stranderud', department: 'PROSJ', pay: 47_000, taxPercent: 28, startsAfter: 0 },
  { key: 'A7', name: 'Ragnhild Torpmo', department: 'ADM', pay: 45_500, taxPercent: 27, startsAfter: 0 },
  { key: 'A8', name: 'Tarik Sandnesmo', department: 'PROD', pay: 38_500, taxPercent: 23, startsAfter: 9 },
];

export const DEPARTMENTS: readonly StoryValue[] = [
  { key: 'PROD', name: 'Produksjon' },
  { key: 'PROSJ', name: 'Prosjekt og montering' },
  { key: 'ADM', name: 'Salg og administrasjon' },
];

/** First and last month of a project, counted from the start of the story. */
export interface Project extends StoryValue {
  customer: number;
  from: number;
  to: number;
}

const PROJECT_ROWS: [name: string, customer: number, from: number, to: number][] = [
  ['Havnehagen Hotell, resepsjon og bar', 1, 0, 5],
  ['Lysning Tannklinikk, venterom', 4, 2, 6],
  ['Tiriltunga Barnehage, garderober', 7, 5, 10],
  ['Grålysning Kontorfellesskap, møterom', 6, 8, 13],
  ['Nattergal Bokhandel, hylleverk', 8, 11, 15],
  ['Lerkesporen Helsehus, skranker', 16, 13, 18],
  ['Sjøbris Seniorboliger, kjøkken trinn 1', 5, 15, 23],
  ['Regnbuefisk Restaurant, innredning', 27, 18, 22],
  ['Ugletårnet Advokatkontor, bibliotek', 20, 21, 26],
  ['Sjøbris Seniorboliger, kjøkken trinn 2', 5, 24, 33],
  ['Trollskau Treningssenter, resepsjon', 25, 27, 31],
  ['Havnehagen Hotell, suiter', 1, 30, 35],
];
export const PROJECTS: readonly Project[] = PROJECT_ROWS.map(([name, customer, from, to], i) => ({
  key: `P${i + 1}`,
  name,
  customer,
  from,
  to,
}));

export function workshopPartners(): StoryPartner[] {
  const customers = [...CUSTOMERS, BANKRUPT, ...EXPORT_CUSTOMERS].map(({ key, number, name, terms }, i) => ({
    key,
    name,
    is_organization: true,
    ...(ABROAD[key] ? { currency_code: 'EUR' } : { organization_number: organizationNumber(name) }),
    is_customer: true,
    customer_code: String(number),
    email: email(name),
    address: addressOf(key, i),
    payment_terms_days: terms,
  }));
  const suppliers = [...Object.values(SUPPLIERS), ...Object.values(FOREIGN_SUPPLIERS)].map(([key, name], i) => ({
    key,
    name,
    is_organization: true,
    ...(ABROAD[key] ? { currency_code: 'EUR' } : { organization_number: organizationNumber(name) }),
    is_supplier: true,
    supplier_code: key.slice(1),
    email: email(name, 'faktura'),
    address: addressOf(key, i + 50),
    ...(ABROAD[key] ? {} : { bank_accounts: [{ account_number: bankAccountNumber(name) }] }),
  }));
  const employees = EMPLOYEES.map(({ key, name }, i) => ({
    key,
    name,
    is_organization: false,
    is_employee: true,
    employee_code: String(i + 1),
    email: `${name.split(' ')[0]!.toLowerCase()}@lerkefjell-innredning.example`,
    address: address(i + 100),
    bank_accounts: [{ account_number: bankAccountNumber(name) }],
  }));
  return [...customers, ...suppliers, ...employees];
}

function addressOf(key: string, n: number) {
  const abroad = ABROAD[key];
  if (!abroad) return address(n);
  const [street, postal_code, city, country] = abroad;
  return { street, postal_code, city, country };
}
