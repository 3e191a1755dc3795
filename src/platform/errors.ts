/** A sentence in both languages. `{name}` is filled from the error's facts. */
export interface Text {
  nb: string;
  en: string;
}

export type Language = keyof Text;

export interface ErrorSpec extends Text {
  status: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 500 | 502 | 503 | 504;
  /** The paragraph of the law, standard or specification that requires it. */
  source?: string;
}

/** One fault of the input: its path, and what was expected. */
export interface FieldProblem {
  path: string;
  problem: Text;
}

export type Facts = Record<string, string | number | boolean | null | object>;

/**
 * A refusal that the caller can understand and correct. Every other error is a fault of the server and answered as a
 * bare 500.
 */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: string;
  readonly spec: ErrorSpec;
  readonly facts: Facts;
  readonly fields: FieldProblem[];

  constructor(code: string, spec: ErrorSpec, facts: Facts = {}, fields: FieldProblem[] = []) {
    super(fill(spec.en, facts));
    this.code = code;
    this.spec = spec;
    this.facts = facts;
    this.fields = fields;
  }

  sentence(language: Language): string {
    return fill(this.spec[language], this.facts);
  }
}

export type ErrorMaker = (facts?: Facts, fields?: FieldProblem[]) => AppError;

const catalogues = new Map<string, Record<string, ErrorSpec>>();

/**
 * Defines the errors of one domain. `catalogue('ledger', {unbalanced: {...}})` gives `errors.unbalanced({debit,
 * credit})`, an AppError with the code `ledger.unbalanced`.
 */
export function catalogue<T extends Record<string, ErrorSpec>>(
  domain: string,
  specs: T,
): { [K in keyof T]: ErrorMaker } {
  catalogues.set(domain, specs);
  const makers = {} as { [K in keyof T]: ErrorMaker };
  for (const name of Object.keys(specs) as (keyof T & string)[]) {
    makers[name] = (facts, fields) => new AppError(`${domain}.${name}`, specs[name]!, facts, fields);
  }
  return makers;
}

/** All codes of all loaded domains, sorted: the published error catalogue. */
export function errorCatalogue(): { code: string; spec: ErrorSpec }[] {
  return [...catalogues]
    .flatMap(([domain, specs]) => Object.entries(specs).map(([name, spec]) => ({ code: `${domain}.${name}`, spec })))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

function fill(sentence: string, facts: Facts): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const fact = facts[name];
    return fact === undefined || typeof fact === 'object' ? whole : String(fact);
  });
}

const requestCatalogue = catalogue('request', {
  invalid: {
    status: 400,
    nb: 'Forespørselen har feil i {count} felt: {first}',
    en: 'The request has faults in {count} field(s): {first}',
  },
  unauthenticated: {
    status: 401,
    nb: 'Innlogging kreves: mangler, ugyldig eller utløpt tilgangsbevis',
    en: 'Authentication required: credentials are missing, invalid or expired',
  },
  scope_missing: {
    status: 403,
    nb: 'Tilgangsbeviset mangler omfanget {scope}',
    en: 'The credentials lack the scope {scope}',
  },
  no_access: {
    status: 403,
    nb: 'Ingen tilgang til klientkontoen',
    en: 'No access to the client account',
    source: 'specification: 403 No access to the client account',
  },
  role_missing: {
    status: 403,
    nb: 'Rollen din på klientkontoen gir ikke rett til dette',
    en: 'Your role on the client account does not permit this',
  },
  not_found: { status: 404, nb: '{what_nb} finnes ikke', en: '{what} not found' },
  idempotency_conflict: {
    status: 409,
    nb: 'Idempotency-Key er allerede brukt for en annen forespørsel',
    en: 'The Idempotency-Key was already used for a different request',
  },
  secret_shown_once: {
    status: 409,
    nb: 'Forespørselen er allerede utført; svaret inneholdt en hemmelighet som bare vises én gang',
    en: 'The request was already carried out; its answer held a secret that is shown only once',
  },
  concurrent_change: {
    status: 409,
    nb: 'Posten ble endret samtidig av en annen; hent den på nytt og prøv igjen',
    en: 'The record was changed by someone else at the same time; fetch it again and retry',
  },
  too_large: {
    status: 413,
    nb: 'Innholdet er større enn {limit} byte',
    en: 'The content is larger than {limit} bytes',
  },
  unsupported_type: {
    status: 415,
    nb: 'Innholdstypen støttes ikke; forventet {expected}',
    en: 'Unsupported content type; expected {expected}',
  },
  too_slow: {
    status: 408,
    nb: 'Forespørselen kom ikke fram innen tidsfristen',
    en: 'The request did not arrive within the time allowed',
  },
  headers_too_large: {
    status: 431,
    nb: 'Adressen og hodefeltene er for store',
    en: 'The address and the headers are too large',
  },
  unknown_reference: {
    status: 400,
    nb: '{field} viser til noe som ikke finnes',
    en: '{field} refers to something that does not exist',
  },
  still_referenced: {
    status: 409,
    nb: 'Posten er i bruk av andre poster',
    en: 'The record is in use by other records',
  },
  unavailable: {
    status: 503,
    nb: 'Tjenesten er opptatt eller utilgjengelig akkurat nå; prøv igjen om {retry_after} sekunder',
    en: 'The service is busy or unavailable right now; try again in {retry_after} seconds',
  },
  outcome_unknown: {
    status: 503,
    nb: 'Forbindelsen til databasen ble brutt; arbeidet kan være utført. Send forespørselen igjen med samme Idempotency-Key, eller se etter først',
    en: 'The connection to the database broke; the work may have been done. Send the request again with the same Idempotency-Key, or look first',
  },
  too_many: { status: 429, nb: 'For mange forespørsler; prøv igjen senere', en: 'Too many requests; try again later' },
  internal: {
    status: 500,
    nb: 'Intern feil; oppgi forespørsels-id {request_id}',
    en: 'Internal error; quote request id {request_id}',
  },
  busy: {
    status: 503,
    nb: 'Serveren rakk ikke dette i tide; ingenting ble gjort. Prøv igjen om {retry_after} sekunder',
    en: 'The server could not do this in time; nothing was done. Try again in {retry_after} seconds',
  },
});

/** Things that may not be found, as the first words of a sentence. */
const THINGS = {
  'Access token': 'Tilgangsbeviset',
  Account: 'Kontoen',
  Asset: 'Eiendelen',
  'Asset class': 'Eiendelsklassen',
  'Bank account': 'Bankkontoen',
  'Bank statement': 'Kontoutskriften',
  'Bank transaction': 'Banktransaksjonen',
  'Bank transaction detail': 'Detaljen på banktransaksjonen',
  'Business partner': 'Forretningspartneren',
  'Client account': 'Klientkontoen',
  Contract: 'Kontrakten',
  Department: 'Avdelingen',
  'Depreciation run': 'Avskrivningskjøringen',
  Document: 'Dokumentet',
  File: 'Filen',
  'General ledger account': 'Hovedbokskontoen',
  Invitation: 'Invitasjonen',
  Job: 'Jobben',
  'Journal entry': 'Bilaget',
  'Linked journal entry': 'Bilaget som det er koblet til,',
  Match: 'Avstemmingen',
  'OAuth client': 'OAuth-klienten',
  Organization: 'Organisasjonen',
  'Organizational role': 'Rollen i organisasjonen',
  Project: 'Prosjektet',
  Question: 'Spørsmålet',
  Reconciliation: 'Bankavstemmingen',
  Record: 'Posten',
  Rule: 'Regelen',
  'Settings in force': 'Gjeldende innstillinger',
  Settlement: 'Utligningen',
  'Tax code': 'Mva-koden',
  'User of the client account': 'Brukeren på klientkontoen',
  'VAT settlement': 'Mva-oppgjøret',
  Voucher: 'Vedlegget',
  'Voucher collection': 'Samlingen av vedlegg',
  'API key': 'API-nøkkelen',
  Claim: 'Kravet',
  'Bank accounts at the bank': 'Bankkontoer i banken',
  'Contact user': 'En kontaktperson',
  'Payment order': 'Betalingsoppdraget',
  'Received invoice': 'Den mottatte fakturaen',
  'Recurring invoice': 'Den gjentakende fakturaen',
  Reminder: 'Purringen',
  'System user': 'Systembrukeren',
  'VAT submission': 'Innsendingen av mva-meldingen',
  Webhook: 'Webhooken',
} as const;
type Thing = keyof typeof THINGS;

/** `{ what: 'Account', id: '1234' }`: account 1234 not found. An address is quoted as requested. */
type Missing = { what: Thing; id?: string | number } | { address: string };

function notFound(missing: Missing): AppError {
  if ('address' in missing)
    return requestCatalogue.not_found({ what: missing.address, what_nb: `Adressen ${missing.address}` });
  const { what, id } = missing;
  const named = (name: string) => (id === undefined ? name : `${name} ${id}`);
  return requestCatalogue.not_found({ what: named(what), what_nb: named(THINGS[what]) });
}

export const requestErrors = { ...requestCatalogue, not_found: notFound };

/** All faults of an input in one response. */
export function invalid(fields: FieldProblem[]): AppError {
  const first = fields[0];
  return requestErrors.invalid(
    { count: fields.length, first: first ? `${first.path}: ${first.problem.en}` : '' },
    fields,
  );
}

export function problem(path: string, en: string, nb: string): FieldProblem {
  return { path, problem: { nb, en } };
}
