import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { resultXml } from './finding.ts';
import { personOf } from './person.ts';
import { VatRegister } from './register.ts';
import { checkReturn } from './return-check.ts';

const PATH = '/api/mva/grensesnittstoette/mva-melding/valider';
const SCOPE = 'skatteetaten:mvameldingvalidering';

/** Skatteetaten's validation of VAT returns, for logged-in persons. It also keeps the VAT register. */
export function mvaValidation(world: StandInWorld): StandIn {
  const register = new VatRegister();
  let layout: 'v1' | 'older' = 'v1';
  const check = (xml: string) => checkReturn(xml, register, dayInNorway(world.clock.now()));

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    if (request.path !== PATH) return error(404);
    if (request.method !== 'POST') return error(405);
    const person = await personOf(request, world, { issuer: 'idporten', scope: SCOPE });
    if ('refused' in person) return error(person.refused);
    if (!/^application\/xml\b/.test(request.headers['content-type'] ?? '')) return error(415);
    const { findings, read } = check(request.body);
    world.journal(
      `validated for ${read?.organizationNumber ?? 'nobody'}: ${findings.map(({ rule }) => rule).join(' ')}`,
    );
    return {
      status: 200,
      headers: { 'content-type': 'application/xml;charset=UTF-8' },
      body: resultXml(findings, layout),
    };
  }

  return {
    answer,
    error,
    help: {
      register: {
        nb: 'Hvordan en organisasjon står i Merverdiavgiftsregisteret',
        en: 'How an organisation is registered for VAT',
        example: {
          organizationNumber: '310049573',
          category: 'alminnelig',
          months: 2,
          accountNumber: null,
          isBehind: true,
        },
      },
      layout: {
        nb: 'Svar i den eldre formen (older: true) eller etter skjemaet',
        en: 'Answer in the older form (older: true) or by the schema',
        example: { older: true },
      },
    },
    actions: {
      /** The same check, for the app that the return is sent through. */
      check: ({ xml }) => check(String(xml)),
      /** The registration of an organisation; `{registered: false}` for none. */
      register({ organizationNumber, registered = true, ...more }) {
        register.change(String(organizationNumber), registered === false ? null : more);
      },
      /** Results in the older form from now on, or by the schema. */
      layout: (input) => void (layout = input.older === false ? 'v1' : 'older'),
      reset() {
        register.clear();
        layout = 'v1';
      },
    },
  };
}

function error(status: number): StandInAnswer {
  return { status, body: { kode: `MVA-${status}`, melding: `Forespørselen kunne ikke behandles (${status})` } };
}

export function dayInNorway(now: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' }).format(now);
}
