/**
 * Invented values in place of Statistics Norway's price model: kroner for one known property, and from there by area
 * (to the power 0.8), age and place. They reproduce Skatteetaten's published examples.
 */
interface Anchor {
  value: number;
  area: number;
  year: number;
  municipality: string;
}

const DWELLINGS: Record<string, Record<'flat' | 'nested', Anchor>> = {
  enebolig: {
    flat: { value: 2_592_619, area: 150, year: 2000, municipality: '4203' },
    nested: { value: 4_206_687, area: 150, year: 2000, municipality: '4203' },
  },
  leilighet: {
    flat: { value: 3_720_747, area: 100, year: 2016, municipality: '3101' },
    nested: { value: 3_720_747, area: 100, year: 2016, municipality: '3101' },
  },
  smaahus: {
    flat: { value: 2_410_300, area: 120, year: 2000, municipality: '4203' },
    nested: { value: 3_897_150, area: 120, year: 2000, municipality: '4203' },
  },
};

export const DWELLING_TYPES = Object.keys(DWELLINGS);

const COMMERCIAL: Record<string, number> = {
  industri: 1.1,
  verksted: 1.25,
  lager: 1,
  hotell: 2.6,
  butikkEllerKjoepesenter: 2.9,
  kontor: 2.4,
  tomtGrunnarealHovedfunksjon: 1,
  annet: 1.15,
};
/** Only for property that is let. */
const LET_ONLY = ['fritidseiendom', 'utendoersParkeringsplass', 'utendoersHavneareal'];

const PLACES: Record<string, number> = { '0301': 1.95, '4601': 1.4, '4203': 1, '3101': 1, '3405': 1, '5605': 0.8 };

export function dwellingValue(
  { type, area, year, municipality }: { type: string; area: number; year: number; municipality: string },
  layout: 'flat' | 'nested',
): number {
  const anchor = DWELLINGS[type]![layout];
  const factor = ageFactor(year) / ageFactor(anchor.year);
  const place = placeFactor(municipality) / placeFactor(anchor.municipality);
  return Math.round(anchor.value * (area / anchor.area) ** 0.8 * factor * place);
}

export function rentalValue({
  type,
  area,
  municipality,
}: {
  type: string;
  area: number;
  municipality: string;
}): number {
  return Math.round(3_232_059 * (area / 250) ** 0.8 * COMMERCIAL[type]! * placeFactor(municipality));
}

export function isCommercialType(type: string): boolean {
  return Object.hasOwn(COMMERCIAL, type) && !LET_ONLY.includes(type);
}

function ageFactor(year: number): number {
  return 1 + (Math.min(Math.max(year, 1900), 2030) - 1900) / 400;
}

function placeFactor(municipality: string): number {
  return PLACES[municipality] ?? 0.95;
}
