import { catalogue } from '../errors.ts';

export const fileErrors = catalogue('files', {
  content_missing: {
    status: 500,
    nb: 'Filens innhold mangler i lageret',
    en: 'The content of the file is missing in the store',
  },
  storage_unavailable: {
    status: 503,
    nb: 'Fillageret ({service}) svarer ikke; prøv igjen senere',
    en: 'The file store ({service}) does not answer; try again later',
  },
  storage_refused: {
    status: 502,
    nb: 'Fillageret ({service}) avviste forespørselen med status {upstream_status}',
    en: 'The file store ({service}) refused the request with status {upstream_status}',
  },
});
