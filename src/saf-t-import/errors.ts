import { catalogue } from '../platform/errors.ts';

export const safTImportErrors = catalogue('saf_t_import', {
  no_jobs: {
    status: 503,
    nb: 'Bakgrunnsjobber er ikke tilgjengelige på denne noden',
    en: 'Background jobs are not available on this node',
  },
  empty: {
    status: 400,
    nb: 'Forespørselen mangler filen: send XML-en eller en ZIP av den som innhold',
    en: 'The request has no file: send the XML or a ZIP of it as the body',
  },
});
