import { randomUUID } from 'node:crypto';
import type { StandInAnswer } from '../stand-in.ts';

const TEXTS: Record<string, string> = {
  'EIENDOM-001': 'Boligtype finnes ikke i kodelisten.',
  'EIENDOM-002': 'Byggeår er ikke et tall.',
  'EIENDOM-003': 'Byggeår må være større enn 1250 og ikke etter inntektsåret.',
  'EIENDOM-004': 'Boligens areal må være større enn 9 og mindre enn 10000.',
  'EIENDOM-005': 'Dokumentert markedsverdi er ikke et tall.',
  'EIENDOM-008': 'Boligtype for boenhet må være leilighet.',
  'EIENDOM-013': 'Eiendommen er ikke entydig identifisert.',
  'EIENDOM-014': 'Eiendommen finnes ikke.',
  'EIENDOM-015': 'Eiendommen er utgått.',
  'EIENDOM-018': 'Ugyldig areal.',
  'EIENDOM-019': 'Grunnlag mangler for eiendommen.',
  'EIENDOM-020': 'Dokumentert markedsverdi er større enn 2,1 milliarder.',
  'EIENDOM-021': 'Næringseiendomstypen er ikke tillatt.',
  'EIENDOM-022': 'Dokumentert markedsverdi må være større enn 0.',
  'EIENDOM-050': 'Inntektsåret støttes ikke.',
};

/** A refusal of the property calls. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, text = TEXTS[code]) {
    super(text ?? 'Ukjent feil.');
    this.code = code;
  }

  answer(): StandInAnswer {
    return { status: 400, body: { feilkode: this.code, beskrivelse: this.message } };
  }
}

const COMMON: Record<number, [string, string]> = {
  400: ['DAS-001', 'Ugyldig forespørsel.'],
  401: ['DAS-002', 'Mangler gyldig token.'],
  403: ['DAS-008', 'Ingen tilgang.'],
  404: ['DAS-004', 'Fant ingen data.'],
  410: ['DAS-005', 'Data er fjernet.'],
};

/** An error of the layer before the property calls. */
export function commonError(status: number): StandInAnswer {
  const [kode, melding] = COMMON[status] ?? ['DAS-001', 'Uventet feil.'];
  return { status, body: { kode, melding, korrelasjonsid: randomUUID() } };
}
