import { isSynthetic } from '../organizations.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { unitJson } from './unit-json.ts';
import { type Unit, UNITS } from './units.ts';

interface Update {
  oppdateringsid: number;
  dato: string;
  organisasjonsnummer: string;
  endringstype: 'Ny' | 'Endring' | 'Sletting' | 'Fjernet';
}

const PREFIX = '/enhetsregisteret/api';
const DEEPEST = 10_000;

/**
 * Enhetsregisteret's open data. Actions, each with `organizationNumber`: `register` (and `name`, `form`), `rename`
 * (`name`),
 * `bankrupt`, `liquidate`, `dissolve`, `delete`, `remove`, `restore`. The feed reports each.
 */
export function enhetsregisteret({ clock, address }: StandInWorld): StandIn {
  const units = new Map(UNITS.map((unit) => [unit.organisasjonsnummer, unit]));
  const updates: Update[] = [];
  const today = () => clock.now().toISOString().slice(0, 10);
  const tell = (organisasjonsnummer: string, endringstype: Update['endringstype']) =>
    void updates.push({
      oppdateringsid: updates.length + 1,
      dato: clock.now().toISOString(),
      organisasjonsnummer,
      endringstype,
    });
  const change =
    (endringstype: Update['endringstype'], changed: (unit: Unit, input: Record<string, unknown>) => Unit) =>
    (input: Record<string, unknown>) => {
      const number = String(input.organizationNumber);
      const unit = units.get(number);
      if (!unit) throw new Error(`no unit ${number}`);
      units.set(number, changed(unit, input));
      tell(number, endringstype);
    };
  const base = `${address}${PREFIX}`;
  return {
    answer(request) {
      if (request.method !== 'GET' || !request.path.startsWith(PREFIX)) return { status: 404 };
      const [, kind = '', number, part] = request.path.slice(PREFIX.length).split('/');
      if (kind === 'oppdateringer' && number === 'enheter') return updatesPage(updates, request, base);
      if (kind !== 'enheter' && kind !== 'underenheter') return { status: 404 };
      const ofKind = [...units.values()].filter(
        (unit) => (unit.overordnetEnhet !== undefined) === (kind === 'underenheter'),
      );
      if (number === undefined) return searchPage(ofKind, kind, request, base);
      if (!isSynthetic(number))
        return /^\d{9}$/.test(number) && isMod11(number) ? { status: 404 } : badNumber(request, number, clock.now());
      const unit = ofKind.find(({ organisasjonsnummer }) => organisasjonsnummer === number);
      if (!unit) return { status: 404 };
      if (unit.fjernet) return removed(unit, base);
      if (part === 'roller')
        return {
          status: 200,
          body: { rollegrupper: [], _links: { self: { href: `${base}/enheter/${number}/roller` } } },
        };
      return part === undefined ? { status: 200, body: unitJson(unit, base) } : { status: 404 };
    },
    error: (status) => errorBody(status, clock.now()),
    actions: {
      register(input) {
        const number = String(input.organizationNumber);
        if (!isSynthetic(number)) throw new Error(`${number} is no synthetic organisation`);
        units.set(number, {
          organisasjonsnummer: number,
          navn: textOr(input.name, `ENHET ${number}`).toUpperCase(),
          organisasjonsform: textOr(input.form, 'AS'),
          mva: input.vat !== false,
          adresse: UNITS[0]!.adresse,
        });
        tell(number, 'Ny');
      },
      rename: change('Endring', (unit, { name }) => ({ ...unit, navn: String(name).toUpperCase() })),
      bankrupt: change('Endring', (unit) => ({ ...unit, konkursdato: today() })),
      liquidate: change('Endring', (unit) => ({ ...unit, underAvviklingDato: today() })),
      dissolve: change('Endring', (unit) => ({ ...unit, tvangsopplostDato: today() })),
      delete: change('Sletting', (unit) => ({ ...unit, slettedato: today() })),
      remove: change('Fjernet', (unit) => ({ ...unit, fjernet: today() })),
      restore: change(
        'Endring',
        (unit) => UNITS.find((one) => one.organisasjonsnummer === unit.organisasjonsnummer) ?? unit,
      ),
    },
  };
}

function searchPage(all: Unit[], kind: string, { query }: StandInRequest, base: string): StandInAnswer {
  const words = (query.get('navn') ?? '').toUpperCase().split(/\s+/).filter(Boolean);
  const numbers = query.get('organisasjonsnummer')?.split(',');
  const form = query.get('organisasjonsform')?.split(',');
  const parent = query.get('overordnetEnhet');
  const bankrupt = query.get('konkurs');
  const hits = all.filter(
    (unit) =>
      !unit.fjernet &&
      words.every((word) => unit.navn.includes(word)) &&
      (!numbers || numbers.includes(unit.organisasjonsnummer)) &&
      (!form || form.includes(unit.organisasjonsform)) &&
      (!parent || unit.overordnetEnhet === parent) &&
      (bankrupt === null || (unit.konkursdato !== undefined) === (bankrupt === 'true')),
  );
  return halPage(hits, kind, query, base, (unit) => unitJson(unit, base));
}

function updatesPage(updates: readonly Update[], { query }: StandInRequest, base: string): StandInAnswer {
  const since = query.get('dato');
  const from = Number(query.get('oppdateringsid') ?? '1');
  const numbers = query.get('organisasjonsnummer')?.split(',');
  const hits = updates.filter(
    (update) =>
      update.oppdateringsid >= from &&
      (since === null || update.dato >= since) &&
      (!numbers || numbers.includes(update.organisasjonsnummer)),
  );
  return halPage(hits, 'oppdaterteEnheter', query, `${base}/oppdateringer`, (update) => ({
    ...update,
    _links: { enhet: { href: `${base}/enheter/${update.organisasjonsnummer}` } },
  }));
}

/** One page of a list, with nothing embedded where it is empty. */
function halPage<T>(
  hits: T[],
  name: string,
  query: URLSearchParams,
  base: string,
  json: (hit: T) => object,
): StandInAnswer {
  const size = Number(query.get('size') ?? '20');
  const number = Number(query.get('page') ?? '0');
  if (!Number.isInteger(size) || !Number.isInteger(number) || size < 1 || number < 0 || (number + 1) * size > DEEPEST)
    return errorBody(400, new Date(), [
      { feilmelding: 'page*size må være mindre enn 10000', parametere: ['page', 'size'] },
    ]);
  const page = hits.slice(number * size, (number + 1) * size);
  return {
    status: 200,
    body: {
      ...(page.length > 0 ? { _embedded: { [name]: page.map(json) } } : {}),
      _links: { self: { href: `${base}/${name}` } },
      page: { size, totalElements: hits.length, totalPages: Math.ceil(hits.length / size), number },
    },
  };
}

function removed({ organisasjonsnummer, fjernet }: Unit, base: string): StandInAnswer {
  return {
    status: 410,
    body: {
      respons_klasse: 'FjernetEnhet',
      organisasjonsnummer,
      slettedato: fjernet,
      _links: { self: { href: `${base}/enheter/${organisasjonsnummer}` } },
    },
  };
}

function badNumber({ path }: StandInRequest, number: string, now: Date): StandInAnswer {
  return errorBody(
    400,
    now,
    [
      {
        feilmelding: 'Organisasjonsnummeret er ikke gyldig',
        parametere: ['organisasjonsnummer'],
        feilaktigVerdi: number,
      },
    ],
    path,
  );
}

function errorBody(status: number, now: Date, faults: object[] = [], path = '/'): StandInAnswer {
  if (status === 404) return { status };
  return {
    status,
    body: {
      tidspunkt: now.toISOString(),
      status,
      feilmelding: status === 400 ? 'Feilaktig forespørsel' : 'Feil i tjenesten',
      sti: path,
      antallFeil: faults.length,
      valideringsfeil: faults,
    },
  };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function isMod11(number: string): boolean {
  const weights = [3, 2, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((left, weight, i) => left + weight * Number(number[i]), 0);
  return (11 - (sum % 11)) % 11 === Number(number[8]);
}
