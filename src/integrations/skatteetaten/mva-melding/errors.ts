import { catalogue } from '../../../platform/errors.ts';

export const mvaMeldingErrors = catalogue('mva_melding', {
  login_required: {
    status: 403,
    nb: 'Logg inn med ID-porten (POST /integrations/altinn/authorize) og prøv igjen: mva-meldingen sendes i ditt navn',
    en: 'Log in through ID-porten (POST /integrations/altinn/authorize) and try again: the return is sent in your name',
    source: 'Skatteetaten/mva-meldingen: ID-porten og autentisering',
  },
  no_right: {
    status: 403,
    nb: 'Altinn gir deg ikke rett til dette for {organization_number}: den som sender trenger en rolle som signerer, for eksempel begrenset signeringsrett eller regnskapsfører med signeringsrett',
    en: 'Altinn does not let you do this for {organization_number}: whoever sends needs a role that signs, such as limited signing right or accountant with signing right',
    source: 'Skatteetaten/mva-meldingen: implementasjonsguide 6',
  },
  unknown_organization: {
    status: 422,
    nb: 'Altinn kjenner ikke organisasjonen {organization_number}',
    en: 'Altinn does not know the organisation {organization_number}',
  },
});
