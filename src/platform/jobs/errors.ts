import { catalogue } from '../errors.ts';

export const jobErrors = catalogue('jobs', {
  no_file: {
    status: 404,
    nb: 'Jobben har ingen fil å laste ned: den er ikke ferdig, eller den lager ingen',
    en: 'The job has no file to download: it is not finished, or makes none',
  },
  file_expired: {
    status: 404,
    nb: 'Filen fra jobben er slettet etter at fristen gikk ut; be om den på nytt',
    en: 'The file of the job was removed when its time was up; ask for it again',
  },
  too_many: {
    status: 429,
    nb: '{count} slike jobber på klientkontoen er ikke ferdige ennå; prøv igjen om {retry_after} sekunder',
    en: '{count} such jobs of the client account are not finished yet; try again in {retry_after} seconds',
  },
});
