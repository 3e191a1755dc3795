import type { Language, Text } from '../platform/errors.ts';

export type DepreciationMethod = 'linear' | 'saldo' | 'none';
export type SaldoGroup = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j';

/**
 * A kind of asset: how it is depreciated, and its default accounts. The rate is the highest yearly share in tax law
 * (skatteloven § 14-43); for linear classes it represents a life of 1 / rate years.
 */
export interface AssetClass {
  code: string;
  name: Text;
  description: Text;
  method: DepreciationMethod;
  standard: 'IAS 16' | 'IAS 38' | 'IAS 40';
  saldoGroup: SaldoGroup | null;
  /** As text with two decimals, `0.30` for 30 %. */
  rate: string;
  accounts: ClassAccounts;
  /** The accumulated account that fits the class better than the one in the specification; null if there is none. */
  betterAccumulated: string | null;
  /** Life in months of a linear class: 0.33 is three years, not 100/33 years. */
  lifeMonths: number | null;
  /** May be linked to the property registry. */
  isRealEstate: boolean;
}

export interface ClassAccounts {
  asset: string;
  accumulated: string | null;
  expense: string | null;
}

// code | nb | en | method group rate | standard | asset account, accumulated, expense, better accumulated | months
const TABLE = `
OFFICE_EQUIPMENT          | Kontorutstyr                   | Office equipment          | saldo a 0.30  | IAS 16 | 1280 1299 6015 1288 |
GOODWILL                  | Goodwill                       | Goodwill                  | saldo b 0.20  | IAS 38 | 1080 1299 6020 1089 |
COMMERCIAL_VEHICLES       | Nyttekjøretøy                  | Commercial vehicles       | saldo c 0.24  | IAS 16 | 1235 1299 6010 1248 |
MACHINERY_AND_PLANT       | Maskiner og anlegg             | Machinery and plant       | saldo d 0.20  | IAS 16 | 1200 1299 6015 1299 |
MOTOR_VEHICLES            | Personbiler                    | Motor vehicles            | saldo d 0.20  | IAS 16 | 1230 1299 6010 1299 |
FURNITURE_AND_FIXTURES    | Møbler og inventar             | Furniture and fixtures    | saldo d 0.20  | IAS 16 | 1250 1299 6017 1299 |
SHIPS_AND_VESSELS         | Skip og fartøy                 | Ships and vessels         | saldo e 0.14  | IAS 16 | 1221 1299 6010 1223 |
AIRCRAFT                  | Luftfartøy                     | Aircraft                  | saldo f 0.12  | IAS 16 | 1225 1299 6010 1226 |
POWER_DISTRIBUTION        | Kraftnett                      | Power distribution        | saldo g 0.05  | IAS 16 | 1117 1299 6005 1197 |
BUILDINGS_AND_STRUCTURES  | Bygg og anlegg                 | Buildings and structures  | saldo h 0.04  | IAS 16 | 1115 1299 6000 1196 |
AGRICULTURAL_BUILDINGS    | Landbruksbygg                  | Agricultural buildings    | saldo h 0.06  | IAS 16 | 1116 1299 6000 1196 |
COMMERCIAL_BUILDINGS      | Forretningsbygg                | Commercial buildings      | saldo i 0.02  | IAS 16 | 1105 1299 6000 1195 |
BUILDING_INSTALLATIONS    | Tekniske installasjoner i bygg | Building installations    | saldo j 0.10  | IAS 16 | 1120 1299 6005 1198 |
LAND                      | Tomter                         | Land                      | none - 0.00   | IAS 16 | 1150 - - -          |
PATENTS_AND_LICENSES      | Patenter og lisenser           | Patents and licenses      | linear - 0.10 | IAS 38 | 1030 1299 6025 1069 | 120
SOFTWARE                  | Programvare                    | Software                  | linear - 0.33 | IAS 38 | 1060 1299 6029 1069 | 36
RESEARCH_AND_DEVELOPMENT  | Forskning og utvikling         | Research and development  | linear - 0.20 | IAS 38 | 1000 1299 6025 1069 | 60
INVESTMENT_PROPERTY       | Investeringseiendom            | Investment property       | saldo h 0.04  | IAS 40 | 1180 1299 6000 1199 |`;

const DESCRIPTIONS: Record<string, Text> = {
  OFFICE_EQUIPMENT: {
    nb: 'Datamaskiner, skrivere, telefoner og annet utstyr på kontoret',
    en: 'Computers, printers, phones, and other office equipment',
  },
  GOODWILL: {
    nb: 'Merverdi betalt ved kjøp av virksomhet',
    en: 'Excess value paid when a business is acquired',
  },
  COMMERCIAL_VEHICLES: { nb: 'Varebiler, lastebiler, busser og drosjer', en: 'Vans, lorries, buses and taxis' },
  MACHINERY_AND_PLANT: {
    nb: 'Maskiner og utstyr til produksjon og anlegg',
    en: 'Machines and equipment for production and construction',
  },
  MOTOR_VEHICLES: { nb: 'Personbiler og annen lett persontransport', en: 'Cars and other passenger vehicles' },
  FURNITURE_AND_FIXTURES: {
    nb: 'Møbler, innredning og butikkinventar',
    en: 'Furniture, interiors and shop fittings',
  },
  SHIPS_AND_VESSELS: {
    nb: 'Skip, båter, rigger og annet flytende utstyr',
    en: 'Ships, boats, rigs and other floating equipment',
  },
  AIRCRAFT: { nb: 'Fly og helikoptre', en: 'Aeroplanes and helicopters' },
  POWER_DISTRIBUTION: {
    nb: 'Ledninger og utstyr for overføring og fordeling av strøm',
    en: 'Lines and equipment that carry and distribute electricity',
  },
  BUILDINGS_AND_STRUCTURES: {
    nb: 'Lager, fabrikk, hotell og faste anlegg',
    en: 'Warehouses, factories, hotels and permanent structures',
  },
  AGRICULTURAL_BUILDINGS: {
    nb: 'Fjøs og andre driftsbygninger i landbruket',
    en: 'Barns and other farm buildings',
  },
  COMMERCIAL_BUILDINGS: {
    nb: 'Kontorer, butikker og andre forretningsbygg',
    en: 'Offices, shops and other commercial buildings',
  },
  BUILDING_INSTALLATIONS: {
    nb: 'Heis, ventilasjon, elektrisk anlegg og annet fast teknisk utstyr i bygg',
    en: 'Lifts, ventilation, wiring and other fixed technical systems in buildings',
  },
  LAND: { nb: 'Tomt og annen grunn; avskrives ikke', en: 'Plots and other ground; not depreciated' },
  PATENTS_AND_LICENSES: {
    nb: 'Patenter, lisenser og andre tidsbegrensede rettigheter',
    en: 'Patents, licences and other time-limited rights',
  },
  SOFTWARE: {
    nb: 'Innkjøpt eller egenutviklet programvare',
    en: 'Purchased or internally developed software',
  },
  RESEARCH_AND_DEVELOPMENT: { nb: 'Balanseførte utviklingskostnader', en: 'Capitalised development costs' },
  INVESTMENT_PROPERTY: {
    nb: 'Eiendom som eies for leie eller verdistigning',
    en: 'Property held for rent or rise in value',
  },
};

const REAL_ESTATE = new Set([
  'BUILDINGS_AND_STRUCTURES',
  'AGRICULTURAL_BUILDINGS',
  'COMMERCIAL_BUILDINGS',
  'LAND',
  'INVESTMENT_PROPERTY',
]);

function read(line: string): AssetClass {
  const [code, nb, en, plan, standard, accounts, months] = line.split('|').map((part) => part.trim());
  const [method, group, rate] = plan!.split(' ');
  const [asset, accumulated, expense, better] = accounts!
    .split(' ')
    .map((account) => (account === '-' ? null : account));
  return {
    code: code!,
    name: { nb: nb!, en: en! },
    description: DESCRIPTIONS[code!]!,
    method: method as DepreciationMethod,
    standard: standard as AssetClass['standard'],
    saldoGroup: group === '-' ? null : (group as SaldoGroup),
    rate: rate!,
    accounts: { asset: asset!, accumulated: accumulated!, expense: expense! },
    betterAccumulated: better!,
    lifeMonths: months ? Number(months) : null,
    isRealEstate: REAL_ESTATE.has(code!),
  };
}

/** The 18 classes, in the order of the specification. */
export const ASSET_CLASSES: readonly AssetClass[] = TABLE.trim().split('\n').map(read);

export const ASSET_CLASS_CODES: readonly string[] = ASSET_CLASSES.map(({ code }) => code);

const byCode = new Map(ASSET_CLASSES.map((each) => [each.code, each]));

export function assetClass(code: string): AssetClass | undefined {
  return byCode.get(code);
}

/** The class in the API. `accounts`: those that the client account has chosen, if any. */
export function assetClassView(each: AssetClass, language: Language, accounts: ClassAccounts = each.accounts) {
  return {
    code: each.code,
    name: each.name[language],
    description: each.description[language],
    depreciation_method: each.method,
    ifrs_standard: each.standard,
    no: {
      saldogruppe: each.saldoGroup,
      depreciation_rate: each.rate,
      default_asset_account: accounts.asset,
      default_accumulated_account: accounts.accumulated,
      default_expense_account: accounts.expense,
    },
  };
}
