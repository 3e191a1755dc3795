/** A synthetic person, by a national identity number that no living person has (month + 80, or a D-number with test data). */
export interface SyntheticPerson {
  pid: string;
  name: string;
  /** The purpose of the person. */
  role: string;
}

export const PERSONS: readonly SyntheticPerson[] = [
  { pid: '06891548603', name: 'Rydig Regnskapsfører', role: 'regnskapsfører med mange klienter' },
  { pid: '21865898093', name: 'Daglig Leder', role: 'daglig leder i 310049573' },
  { pid: '27889398510', name: 'Leder Annensteds', role: 'daglig leder i 311123254' },
  { pid: '26899299344', name: 'Ansatt Uten Fullmakt', role: 'ansatt som ikke kan godkjenne' },
  { pid: '28818698897', name: 'Tilgang Styrer', role: 'administrerer tilganger' },
  { pid: '01816497767', name: 'Privat Person', role: 'representerer ingen' },
  { pid: '60875800372', name: 'Midlertidig Opphold', role: 'D-nummer' },
];

export function personOf(pid: string): SyntheticPerson | undefined {
  return PERSONS.find((one) => one.pid === pid);
}
