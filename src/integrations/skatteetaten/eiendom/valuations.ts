/** The valuation services: dwellings, multi-unit buildings, commercial property that is not let. */
export const VALUATIONS = {
  markedsverdi_bolig: 'markedsverdi/bolig',
  markedsverdi_flerbolig: 'markedsverdi/flerbolig',
  utleieverdi: 'utleieverdi',
} as const;

export type Valuation = keyof typeof VALUATIONS;
