import { catalogue } from '../../../platform/errors.ts';

const source = 'specification: integrations, system users';

export const systemUserErrors = catalogue('system_users', {
  refused: {
    status: 400,
    nb: 'Altinn avslo: {reason}',
    en: 'Altinn refused: {reason}',
    source: 'Altinn, problem details of the authentication API',
  },
  request_failed: {
    status: 400,
    nb: 'Forespørselen om systembruker ble ikke laget i Altinn ({service}: {reason}). Ingenting er lagret; prøv igjen senere, det blir ikke flere av den',
    en: 'The system user request was not made in Altinn ({service}: {reason}). Nothing is stored; try again later, it will not be made twice',
    source,
  },
  status_unavailable: {
    status: 400,
    nb: 'Statusen til systembrukeren kunne ikke hentes fra Altinn ({service}: {reason})',
    en: 'The status of the system user could not be fetched from Altinn ({service}: {reason})',
    source,
  },
  none: {
    status: 400,
    nb: 'Organisasjonen {organization_number} har ingen systembruker for denne løsningen i Altinn; be om en under Integrasjoner',
    en: 'The organisation {organization_number} has no system user for this system in Altinn; ask for one under Integrations',
    source: 'Maskinporten MP-303',
  },
  waits: {
    status: 400,
    nb: 'Systembrukeren for {organization_number} er ikke godkjent ennå: en med rett til tilgangsstyring i organisasjonen godkjenner den på {confirm_url}',
    en: 'The system user of {organization_number} is not approved yet: somebody who administers access for the organisation approves it at {confirm_url}',
    source: 'Maskinporten MP-303',
  },
  ended: {
    status: 400,
    nb: 'Systembrukeren for {organization_number} gjelder ikke lenger ({status}); be om en ny under Integrasjoner',
    en: 'The system user of {organization_number} is no longer valid ({status}); ask for a new one under Integrations',
    source: 'Maskinporten MP-303',
  },
});
