import { catalogue } from '../errors.ts';
import type { ThreadErrors } from '../rendering/errors.ts';

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
  upload_gone: {
    status: 404,
    nb: 'Filen som jobben skulle arbeide med, er ikke her lenger; last den opp på nytt',
    en: 'The file that the job was to work on is no longer here; upload it again',
  },
  broke_off: {
    status: 500,
    nb: 'Jobben {job_id} brøt av i forsøk {attempt} av {attempts}; ingenting ble gjort',
    en: 'Job {job_id} broke off in attempt {attempt} of {attempts}; nothing was done',
  },
  ended_processes: {
    status: 500,
    nb: 'Serveren stoppet {count} ganger mens jobben kjørte; den begynnes ikke igjen av seg selv',
    en: 'The server ended {count} times while the job ran; it is not begun again by itself',
  },
  not_failed: {
    status: 409,
    nb: 'Bare en jobb som mislyktes, kan prøves igjen; denne er {status}',
    en: 'Only a job that failed can be tried again; this one is {status}',
  },
  unknown_kind: {
    status: 409,
    nb: 'Jobber av typen {kind} gjøres ikke lenger; start den på nytt',
    en: 'Jobs of the kind {kind} are not done any more; start it anew',
  },
  too_many: {
    status: 429,
    nb: '{count} slike jobber på klientkontoen er ikke ferdige ennå; prøv igjen om {retry_after} sekunder',
    en: '{count} such jobs of the client account are not finished yet; try again in {retry_after} seconds',
  },
});

/** Errors of imports on a thread: after each of them the job may be retried. */
export const importThreadErrors: ThreadErrors = catalogue('imports', {
  unavailable: {
    status: 503,
    nb: 'Import er ikke tilgjengelig her nå; prøv igjen senere',
    en: 'Imports are not available here now; try again later',
  },
  busy: {
    status: 503,
    nb: 'For mange importer venter allerede; prøv igjen om {retry_after} sekunder',
    en: 'Too many imports are waiting; try again in {retry_after} seconds',
  },
  too_slow: {
    status: 503,
    nb: 'Importen tok mer enn {seconds} sekunder og ble brutt av; ingenting ble importert. Del filen, eller øk IMPORT_SECONDS',
    en: 'The import took more than {seconds} seconds and was broken off; nothing was imported. Split the file, or raise IMPORT_SECONDS',
  },
  left: {
    status: 503,
    nb: 'Importen ble brutt av før den var ferdig; ingenting ble importert',
    en: 'The import was broken off before its end; nothing was imported',
  },
  too_large: {
    status: 503,
    nb: 'Importen trenger mer minne enn den kan få; ingenting ble importert. Del filen, eller øk IMPORT_MEMORY_MB',
    en: 'The import needs more memory than it may have; nothing was imported. Split the file, or raise IMPORT_MEMORY_MB',
  },
});
