/** A dialog as the search lists it (fields of the end-user API, those that a list shows). */
export interface Dialog {
  id: string;
  org: string;
  serviceResource: string;
  serviceResourceType: string;
  party: string;
  status: string;
  extendedStatus: string | null;
  externalReference: string | null;
  progress: number | null;
  createdAt: string;
  updatedAt: string;
  contentUpdatedAt: string;
  dueAt: string | null;
  isApiOnly: boolean;
  content: object | null;
}

const SERVICES: [org: string, resource: string, title: string][] = [
  ['skd', 'skd-amelding-tilbakemelding', 'Tilbakemelding på a-melding'],
  ['skd', 'app_skd_mva-melding-v1', 'Mva-melding'],
  ['nav', 'nav-sykepenger-inntektsmelding', 'Inntektsmelding for sykepenger'],
  ['brg', 'brg-arsregnskap', 'Innsending av årsregnskap'],
  ['ssb', 'ssb-kvartalsundersokelse', 'Kvartalsvis investeringsstatistikk'],
];
const STATUSES = ['NotApplicable', 'InProgress', 'Draft', 'Awaiting', 'RequiresAttention', 'Completed'];
const USUAL = 25;
/** This one has more than two pages. */
const BUSY = { organization: '312974436', dialogs: 250 };
/** Its system users have no right to any service. */
const WITHOUT_RIGHTS = '310904473';

/** Everything that an organisation has, of our own making and always the same. */
export function dialogsOf(organization: string): Dialog[] {
  if (organization === WITHOUT_RIGHTS) return [];
  const count = organization === BUSY.organization ? BUSY.dialogs : USUAL;
  return Array.from({ length: count }, (_, i) => dialog(organization, i));
}

function dialog(organization: string, i: number): Dialog {
  const [org, resource, title] = SERVICES[i % SERVICES.length]!;
  const created = Date.parse('2025-01-06T08:00:00Z') + i * 86_400_000 + (Number(organization) % 1000) * 1000;
  const changed = created + (i % 4) * 3_600_000;
  return {
    id: uuidOfTime(created, organization, i),
    org,
    serviceResource: `urn:altinn:resource:${resource}`,
    serviceResourceType: 'GenericAccessResource',
    party: `urn:altinn:organization:identifier-no:${organization}`,
    // One that no contract knows yet.
    status: i === 7 ? 'UnderArkivering' : STATUSES[i % STATUSES.length]!,
    extendedStatus: i % 3 === 0 ? `urn:${org}:mottatt` : null,
    externalReference: i % 2 === 0 ? `ref-${i}` : null,
    progress: i % 5 === 0 ? 60 : null,
    createdAt: fraction(created, i),
    updatedAt: fraction(changed, i),
    contentUpdatedAt: fraction(changed, i),
    dueAt: i % 6 === 2 ? fraction(created + 30 * 86_400_000, i) : null,
    isApiOnly: i === 3,
    content: i === 3 ? null : { title: { value: [{ value: title, languageCode: 'nb' }], mediaType: 'text/plain' } },
  };
}

/** Seven digits, as theirs have. */
function fraction(ms: number, i: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, `.${String((i * 7919 + 1) % 10_000_000).padStart(7, '0')}Z`);
}

/** UUID version 7: the time, then what tells two of one moment apart. */
function uuidOfTime(ms: number, organization: string, i: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${i.toString(16).padStart(3, '0')}-8000-000${organization}`;
}

export { STATUSES };
