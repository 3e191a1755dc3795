import { APPROVERS } from '../altinn/persons.ts';
import type { SystemUserRequest } from '../altinn/registry.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';

const PATH = '/accessmanagement/ui/systemuser/request';
const DECISIONS = { approve: 'Godkjenn', reject: 'Avvis', escalate: 'Send videre' } as const;

/** Altinn's page where a person of the customer approves a system user, on a host of its own. */
export function altinnAccess(world: StandInWorld): StandIn {
  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    if (request.path !== PATH) return html(404, 'Siden finnes ikke', '');
    const form = request.method === 'POST' ? new URLSearchParams(request.body) : request.query;
    const id = form.get('id') ?? '';
    const found = (await world.act('altinn', 'request', { id })) as SystemUserRequest | null;
    if (!found)
      return html(404, 'Forespørselen finnes ikke', '<p>Den er utløpt eller trukket tilbake (AUTH-00010).</p>');
    if (request.method !== 'POST') return html(200, 'Godkjenn systemtilgang', requestForm(found));
    const decision = form.get('decision') ?? '';
    if (!(decision in DECISIONS)) return html(400, 'Ugyldig valg', requestForm(found));
    const outcome = (await world.act('altinn', 'decide', { id, person: form.get('person') ?? '', decision })) as string;
    if (outcome !== 'done')
      return html(403, 'Ikke utført', `<p role="alert">${escape(outcome)}</p>${requestForm(found)}`);
    // Somebody else decides later: nobody is sent back to the vendor.
    if (decision === 'escalate' || !found.redirectUrl)
      return html(200, decision === 'escalate' ? 'Sendt videre' : 'Ferdig', '<p>Du kan lukke vinduet.</p>');
    return { status: 303, headers: { location: found.redirectUrl } };
  }
  return { answer, error: (status) => html(status, `Feil ${status}`, '') };
}

function requestForm(request: SystemUserRequest): string {
  const rights = request.rights.flatMap(({ resource }) => resource.map(({ value }) => value));
  const packages = request.accessPackages.map(({ urn }) => urn);
  const people = Object.entries(APPROVERS)
    .map(([number, { name }]) => `<option value="${number}">${escape(name)}</option>`)
    .join('');
  const buttons = Object.entries(DECISIONS)
    .map(([value, text]) => `<button name="decision" value="${value}">${text}</button>`)
    .join(' ');
  return `<p>Systemet <b>${escape(request.systemId)}</b> ber om å handle for organisasjonen <b>${request.partyOrgNo}</b>
  (${escape(request.status)}).</p>
  <ul>${[...rights, ...packages].map((one) => `<li>${escape(one)}</li>`).join('')}</ul>
  <form method="post" action="${PATH}"><input type="hidden" name="id" value="${request.id}">
  <p><label>Syntetisk person <select name="person">${people}</select></label></p><p>${buttons}</p></form>`;
}

function html(status: number, title: string, body: string): StandInAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html><html lang="nb"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`,
  };
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
