import type { BankReturn } from './bank-file.ts';

/** Reasons of returned payments: ISO 20022 ExternalReturnReason1Code, those that Norwegian banks use, in words. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['AC01', 'feil kontonummer'],
  ['AC03', 'ugyldig mottakerkonto'],
  ['AC04', 'kontoen er avsluttet'],
  ['AC06', 'kontoen er sperret'],
  ['AC13', 'kontotypen kan ikke brukes'],
  ['AG01', 'transaksjonen er ikke tillatt på kontoen'],
  ['AG02', 'ugyldig transaksjonskode'],
  ['AM02', 'beløpet er større enn tillatt'],
  ['AM03', 'valutaen kan ikke brukes'],
  ['AM04', 'ikke dekning'],
  ['AM05', 'betalingen er et duplikat'],
  ['AM09', 'feil beløp'],
  ['BE04', 'mottakers adresse mangler'],
  ['BE05', 'avsender er ukjent'],
  ['BE07', 'avsenders adresse mangler'],
  ['CNOR', 'mottakers bank kan ikke nås'],
  ['CUST', 'etter ønske fra kunden'],
  ['DUPL', 'betalingen er et duplikat'],
  ['FOCR', 'etter tilbakekalling'],
  ['FR01', 'mistanke om svindel'],
  ['MD06', 'tilbakebetaling er bedt om av kunden'],
  ['MD07', 'kontoeieren er død'],
  ['MS02', 'avvist av mottakeren'],
  ['MS03', 'avvist av banken'],
  ['NARR', 'se teksten'],
  ['RC01', 'feil bankidentifikasjon'],
  ['RR04', 'regulatoriske krav'],
  ['TECH', 'teknisk feil'],
]);

/** `Retur AM04, ikke dekning: text of the bank`; null if nothing was returned. */
export function returnText(back: BankReturn | null): string | null {
  if (!back) return null;
  const words = back.reason === null ? undefined : REASONS.get(back.reason);
  const reason = ['Retur', back.reason].filter(Boolean).join(' ') + (words ? `, ${words}` : '');
  const detail = back.text && back.text.toLowerCase() !== words ? `: ${back.text}` : '';
  return reason + detail;
}
