import { catalogue, type ErrorMaker } from '../errors.ts';

/** Errors of a pool of threads for work that it did not do. */
export type ThreadErrors = Record<'unavailable' | 'busy' | 'too_slow' | 'left' | 'too_large', ErrorMaker>;

export const renderingErrors = catalogue('rendering', {
  unavailable: {
    status: 503,
    nb: 'Utskrift er ikke tilgjengelig her nå; prøv igjen senere',
    en: 'Printing is not available here now; try again later',
  },
  busy: {
    status: 503,
    nb: 'For mange utskrifter venter allerede; prøv igjen om {retry_after} sekunder, eller be om å få den som jobb',
    en: 'Too many documents are waiting to be printed; try again in {retry_after} seconds, or ask for it as a job',
  },
  too_slow: {
    status: 503,
    nb: 'Utskriften tok mer enn {seconds} sekunder; velg en kortere periode, eller be om å få den som jobb',
    en: 'Printing took more than {seconds} seconds; choose a shorter range, or ask for it as a job',
  },
  left: {
    status: 400,
    nb: 'Den som ba om utskriften gikk før den var ferdig',
    en: 'Whoever asked for the document left before it was made',
  },
  too_large: {
    status: 422,
    nb: 'Utskriften trenger mer minne enn den kan få; velg en kortere periode eller et annet format',
    en: 'Printing needs more memory than it may have; choose a shorter range or another format',
  },
});
