import type { JWTPayload } from 'jose';
import { isSynthetic } from '../organizations.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { addPaymentInformation, giveFeedback } from './feedback.ts';
import { type Finding, refuses, resultXml } from './finding.ts';
import { type AppInstance, ENVELOPE_TYPE, Instances } from './instances.ts';
import { personOf, type Power, Powers } from './person.ts';
import type { ReadReturn } from './return-check.ts';
import { submissionFault } from './submission-check.ts';

export const APP_ID = 'skd/mva-melding-innsending-v1';
const ROOT = `/${APP_ID}/instances`;
const SCOPE = 'skatteetaten:mvameldinginnsending';
const UPLOADS = ['mvamelding', 'binaerVedlegg'];

interface Person {
  pid: string;
  claims: JWTPayload;
}

/** The Altinn 3 app that VAT returns are sent through: instances, their data, their process and the feedback. */
export function mvaApp(world: StandInWorld): StandIn {
  const instances = new Instances(world.clock, { appUrl: `${world.address}/${APP_ID}`, appId: APP_ID });
  const powers = new Powers();
  let feedbackSeconds = 2;
  /** The next returns of these organisations are first accepted and then rejected. */
  let rejections: { organizationNumber: string; finding: Finding }[] = [];

  const check = async (xml: string) =>
    (await world.act('mva_validation', 'check', { xml })) as { read: ReadReturn | null; findings: Finding[] };

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    if (request.path !== ROOT && !request.path.startsWith(`${ROOT}/`)) return problem(404);
    const person = await personOf(request, world, { issuer: 'altinn', scope: SCOPE });
    if ('refused' in person) return problem(person.refused);
    const path = request.path.slice(ROOT.length).replace(/\/$/, '');
    if (path === '') return request.method === 'POST' ? create(request, person) : problem(405);
    const [, partyId, guid, ...rest] = path.split('/');
    const instance = instances.find(partyId ?? '', guid ?? '');
    if (!instance) return problem(404);
    const power = powers.of(person.pid, instance.organizationNumber);
    if (power === 'none') return problem(403);
    await settle(instance);
    return ofInstance(request, person, { instance, power, rest });
  }

  function create(request: StandInRequest, { pid, claims }: Person): StandInAnswer {
    const number = ownerIn(request.body);
    if (number === null) return { ...problem(400), body: 'Failed to read instance template' };
    if (!isSynthetic(number))
      return {
        status: 404,
        body: `Cannot lookup party: Failed to lookup party by organisationNumber: ${number}. The exception was: 404 - Not Found - `,
      };
    if (powers.of(pid, number) === 'none') return problem(403);
    const made = instances.make(number, altinnUserOf(claims));
    world.journal(`instance ${made.partyId}/${made.guid} for ${number}`);
    return { status: 201, body: instances.view(made) };
  }

  async function ofInstance(
    request: StandInRequest,
    { claims }: Person,
    { instance, power, rest }: { instance: AppInstance; power: Power; rest: string[] },
  ): Promise<StandInAnswer> {
    const [part, id] = rest;
    switch (`${request.method} ${part ?? ''}`) {
      case 'GET ':
        return { status: 200, body: instances.view(instance) };
      case 'DELETE ':
        if (instance.task !== 'data') return problem(403);
        instances.remove(instance);
        return { status: 200, body: instances.view(instance) };
      case 'GET process':
        return { status: 200, body: (instances.view(instance) as { process: object }).process };
      case 'PUT process':
        return id === 'next' ? next(instance, power) : problem(404);
      case 'GET feedback':
        return id === 'status'
          ? { status: 200, body: { isFeedbackProvided: instance.endedAt !== null } }
          : instance.endedAt
            ? { status: 200, body: instances.view(instance) }
            : problem(404);
      default:
        return part === 'data' ? ofData(request, altinnUserOf(claims), instance, id) : problem(404);
    }
  }

  function ofData(
    request: StandInRequest,
    userId: string,
    instance: AppInstance,
    id: string | undefined,
  ): StandInAnswer {
    const element = instance.data.find((one) => one.id === id);
    const type = request.headers['content-type'] ?? '';
    if (request.method === 'GET')
      return element
        ? { status: 200, headers: { 'content-type': element.contentType }, body: element.content }
        : problem(404);
    if (instance.task !== 'data') return { ...problem(409), body: 'Cannot change data of an instance in this task' };
    if (request.method === 'DELETE') {
      if (!element || element.dataType === ENVELOPE_TYPE) return problem(element ? 400 : 404);
      instance.data.splice(instance.data.indexOf(element), 1);
      return { status: 200 };
    }
    if (request.method === 'PUT') {
      if (!element) return problem(404);
      if (!/^application\/xml\b/.test(type)) return problem(415);
      element.content = request.body;
      return { status: 201, body: instances.elementView(instance, element) };
    }
    const dataType = request.query.get('datatype') ?? request.query.get('dataType') ?? '';
    const filename = /filename="?([^";]+)"?/.exec(request.headers['content-disposition'] ?? '')?.[1];
    if (request.method !== 'POST' || !UPLOADS.includes(dataType) || !filename) return problem(400);
    if (dataType === 'mvamelding' && !/^text\/xml\b/.test(type)) return problem(415);
    const made = instances.add(instance, {
      dataType,
      filename,
      contentType: type.split(';')[0]!,
      content: request.body,
      createdBy: userId,
    });
    return { status: 201, body: instances.elementView(instance, made) };
  }

  async function next(instance: AppInstance, power: Power): Promise<StandInAnswer> {
    const went = { status: 200, body: {} };
    if (instance.task === 'data') {
      const xml = instance.data.find(({ dataType }) => dataType === 'mvamelding')?.content;
      const { read, findings } = await check(xml ?? '');
      const fault = submissionFault(instance, read);
      if (fault !== null)
        return { status: 409, body: JSON.stringify(fault), headers: { 'content-type': 'application/json' } };
      if (refuses(findings))
        return { status: 409, headers: { 'content-type': 'application/xml' }, body: resultXml(findings) };
      instance.read = read;
      instance.task = 'confirmation';
      return went;
    }
    // Signing needs another right than filling in; only the tax administration ends the feedback.
    if (power !== 'sign' || instance.task !== 'confirmation') return problem(403);
    instance.task = 'feedback';
    instance.completedAt = world.clock.now();
    addPaymentInformation(instances, instance);
    world.journal(`submitted ${instance.partyId}/${instance.guid} for ${instance.organizationNumber}`);
    return went;
  }

  /** The result of the tax administration by now. */
  async function settle(instance: AppInstance): Promise<void> {
    const { completedAt, task } = instance;
    const now = world.clock.now();
    if (task !== 'feedback' || now.getTime() - completedAt!.getTime() < feedbackSeconds * 1000) return;
    const xml = instance.data.find(({ dataType }) => dataType === 'mvamelding')!.content;
    const { findings } = await check(xml);
    const rejection = rejections.find(({ organizationNumber }) => organizationNumber === instance.organizationNumber);
    rejections = rejections.filter((one) => one !== rejection);
    giveFeedback(instances, instance, rejection ? [...findings, rejection.finding] : findings, now);
  }

  return {
    answer,
    error: problem,
    help: {
      feedback: {
        nb: 'Sekunder fra innsending til Skatteetaten svarer',
        en: 'Seconds from a submission until Skatteetaten answers',
        example: { seconds: 2 },
      },
      reject: {
        nb: 'Avvis neste melding fra en organisasjon etter at den er tatt imot',
        en: 'Reject the next return of an organisation after it was taken',
        example: { organizationNumber: '310049573', rule: 'R047', reason: 'Meldingen er avvist.' },
      },
      power: {
        nb: 'Hva en person kan gjøre for en organisasjon: none, fill eller sign',
        en: 'What a person may do for an organisation: none, fill or sign',
        example: { pid: '26899299344', organizationNumber: '310049573', power: 'sign' },
      },
      instances: { nb: 'Vis alle instanser', en: 'Show all instances' },
      remove: { nb: 'Fjern en instans', en: 'Remove an instance', example: { id: '50000001/…' } },
    },
    actions: {
      /** Seconds between the submission and the tax administration's response. */
      feedback({ seconds }) {
        if (typeof seconds !== 'number' || !(seconds >= 0)) throw new Error('seconds: a number from 0 expected');
        feedbackSeconds = seconds;
      },
      /** The next return of the organisation is accepted and then rejected by this rule. */
      reject({ organizationNumber, rule = 'R047', reason = 'Meldingen er avvist.' }) {
        const finding: Finding = {
          rule: String(rule),
          code: String(rule),
          severity: 'ugyldig skattemelding',
          reason: String(reason),
          vatCode: null,
          path: '/mvaMeldingDto',
          line: null,
        };
        rejections.push({ organizationNumber: String(organizationNumber), finding });
      },
      /** A person's rights for an organisation: none, fill, sign. */
      power({ pid, organizationNumber, power }) {
        if (power !== 'none' && power !== 'fill' && power !== 'sign') throw new Error('power: none, fill or sign');
        powers.change(String(pid), String(organizationNumber), power);
      },
      instances: () => instances.all.map((one) => instances.view(one)),
      /** Removed from the inbox by its owner. */
      remove({ id }) {
        const found = instances.all.find((one) => `${one.partyId}/${one.guid}` === id);
        if (!found) throw new Error('id: no such instance');
        instances.remove(found);
      },
      reset() {
        instances.all.length = 0;
        powers.clear();
        rejections = [];
        feedbackSeconds = 2;
      },
    },
  };
}

/** Altinn's id of the person, recorded on what they create. */
function altinnUserOf(claims: JWTPayload): string {
  const id = claims['urn:altinn:userid'];
  return typeof id === 'number' || typeof id === 'string' ? String(id) : '';
}

function ownerIn(body: string): string | null {
  try {
    const { instanceOwner } = JSON.parse(body) as { instanceOwner?: { organisationNumber?: unknown } };
    const number = instanceOwner?.organisationNumber;
    return typeof number === 'string' ? number : null;
  } catch {
    return null;
  }
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
};

/** In the form of ASP.NET; 401 is empty. */
function problem(status: number): StandInAnswer {
  if (status === 401) return { status };
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      type: 'https://tools.ietf.org/html/rfc7231#section-6.5.3',
      title: TITLES[status] ?? 'Error',
      status,
      traceId: '00-00000000000000000000000000000000-0000000000000000-00',
    },
  };
}
