import { APPROVERS } from '../altinn/approvers.ts';
import type { SystemUserRequest } from '../altinn/registry.ts';
import { escapeHtml, htmlPage } from '../html.ts';
import { personOf } from '../persons.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';

const PATH = '/accessmanagement/ui/systemuser/request';
const DECISIONS = { approve: 'Godkjenn', reject: 'Avvis', escalate: 'Send videre' } as const;

/** Altinn's page where a person of the customer approves a system user, on a separate host. */
export function altinnAccess(world: StandInWorld): StandIn {
  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    if (request.path !== PATH) return htmlPage('Siden finnes ikke', '', { status: 404 });
    const form = request.method === 'POST' ? new URLSearchParams(request.body) : request.query;
    const id = form.get('id') ?? '';
    const found = (await world.act('altinn', 'request', { id })) as SystemUserRequest | null;
    if (!found)
      return htmlPage('Forespørselen finnes ikke', '<p>Den er utløpt eller trukket tilbake (AUTH-00010).</p>', {
        status: 404,
      });
    if (request.method !== 'POST') return htmlPage('Godkjenn systemtilgang', requestForm(found));
    const decision = form.get('decision') ?? '';
    if (!(decision in DECISIONS)) return htmlPage('Ugyldig valg', requestForm(found), { status: 400 });
    const outcome = (await world.act('altinn', 'decide', { id, person: form.get('person') ?? '', decision })) as string;
    if (outcome !== 'done')
      return htmlPage('Ikke utført', `<p role="alert">${escapeHtml(outcome)}</p>${requestForm(found)}`, {
        status: 403,
      });
    // Another person decides later: the user is not sent back to the vendor.
    if (decision === 'escalate' || !found.redirectUrl)
      return htmlPage(decision === 'escalate' ? 'Sendt videre' : 'Ferdig', '<p>Du kan lukke vinduet.</p>');
    return { status: 303, headers: { location: found.redirectUrl } };
  }
  return { answer, error: (status) => htmlPage(`Feil ${status}`, '', { status }) };
}

function requestForm(request: SystemUserRequest): string {
  const rights = request.rights.flatMap(({ resource }) => resource.map(({ value }) => value));
  const packages = request.accessPackages.map(({ urn }) => urn);
  const people = Object.keys(APPROVERS)
    .map((pid) => `<option value="${pid}">${escapeHtml(personOf(pid)?.name ?? pid)}</option>`)
    .join('');
  const buttons = Object.entries(DECISIONS)
    .map(([value, text]) => `<button name="decision" value="${value}">${text}</button>`)
    .join(' ');
  return `<p>Systemet <b>${escapeHtml(request.systemId)}</b> ber om å handle for organisasjonen <b>${request.partyOrgNo}</b>
  (${escapeHtml(request.status)}).</p>
  <ul>${[...rights, ...packages].map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul>
  <form method="post" action="${PATH}"><input type="hidden" name="id" value="${request.id}">
  <p><label>Syntetisk person <select name="person">${people}</select></label></p><p>${buttons}</p></form>`;
}
