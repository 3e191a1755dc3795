/** A code of a list, with its words for people. */
export interface CodeText {
  nb: string;
  en: string;
}

/** The status of an invoice (UNCL4343, the subset of Invoice Response), in the order in which it advances. */
export const RESPONSE_STATUSES = ['AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD'] as const;
export type ResponseStatus = (typeof RESPONSE_STATUSES)[number];

export const STATUS_TEXTS: Readonly<Record<ResponseStatus, CodeText>> = {
  AB: { nb: 'Mottatt', en: 'Received' },
  IP: { nb: 'Under behandling', en: 'In process' },
  UQ: { nb: 'Satt på vent med spørsmål', en: 'Under query' },
  CA: { nb: 'Godtatt på vilkår', en: 'Conditionally accepted' },
  RE: { nb: 'Avvist', en: 'Rejected' },
  AP: { nb: 'Godkjent', en: 'Accepted' },
  PD: { nb: 'Betalt', en: 'Paid' },
};

/** OPStatusReason: the reason. */
export const RESPONSE_REASONS = [
  'NON',
  'REF',
  'LEG',
  'REC',
  'QUA',
  'DEL',
  'PRI',
  'QTY',
  'ITM',
  'PAY',
  'UNR',
  'FIN',
  'PPD',
  'OTH',
] as const;
export type ResponseReason = (typeof RESPONSE_REASONS)[number];

export const REASON_TEXTS: Readonly<Record<ResponseReason, CodeText>> = {
  NON: { nb: 'Ingen innvendinger', en: 'No issue' },
  REF: { nb: 'Feil eller manglende referanser', en: 'References incorrect' },
  LEG: { nb: 'Oppfyller ikke lovens krav', en: 'Legal information incorrect' },
  REC: { nb: 'Ukjent mottaker', en: 'Receiver unknown' },
  QUA: { nb: 'Varens kvalitet er ikke god nok', en: 'Item quality insufficient' },
  DEL: { nb: 'Feil ved leveringen', en: 'Delivery issues' },
  PRI: { nb: 'Feil pris', en: 'Prices incorrect' },
  QTY: { nb: 'Feil mengde', en: 'Quantity incorrect' },
  ITM: { nb: 'Feil varer', en: 'Items incorrect' },
  PAY: { nb: 'Feil betalingsbetingelser', en: 'Payment terms incorrect' },
  UNR: { nb: 'Handelen er ukjent', en: 'Not recognized' },
  FIN: { nb: 'Feil finansielle betingelser', en: 'Finance terms incorrect' },
  PPD: { nb: 'Delvis betalt', en: 'Partially paid' },
  OTH: { nb: 'Annet', en: 'Other' },
};

/** OPStatusAction: the action that is requested from the seller. */
export const RESPONSE_ACTIONS = ['NOA', 'PIN', 'NIN', 'CNF', 'CNP', 'CNA', 'OTH'] as const;
export type ResponseAction = (typeof RESPONSE_ACTIONS)[number];

export const ACTION_TEXTS: Readonly<Record<ResponseAction, CodeText>> = {
  NOA: { nb: 'Ikke gjør noe', en: 'No action required' },
  PIN: { nb: 'Gi opplysningene som mangler', en: 'Provide information' },
  NIN: { nb: 'Send ny faktura', en: 'Issue new invoice' },
  CNF: { nb: 'Krediter hele fakturaen', en: 'Credit fully' },
  CNP: { nb: 'Krediter en del av fakturaen', en: 'Credit partially' },
  CNA: { nb: 'Betal tilbake beløpet', en: 'Credit the amount' },
  OTH: { nb: 'Annet', en: 'Other' },
};

/** The words of a code; for a code that is not in the list, the code itself. */
export function textOfCode(texts: Readonly<Record<string, CodeText>>, code: string): CodeText {
  return Object.hasOwn(texts, code) ? texts[code]! : { nb: code, en: code };
}
