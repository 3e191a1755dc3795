import { catalogue } from '../../platform/errors.ts';
import type { ThreadErrors } from '../../platform/rendering/errors.ts';

/** Errors of large invoices that are read, checked or written on a thread. */
export const ehfThreadErrors: ThreadErrors = catalogue('ehf', {
  unavailable: {
    status: 503,
    nb: 'Store fakturaer kan ikke leses eller skrives her nå; prøv igjen senere',
    en: 'Large invoices cannot be read or written here now; try again later',
  },
  busy: {
    status: 503,
    nb: 'For mange store fakturaer venter allerede; prøv igjen om {retry_after} sekunder',
    en: 'Too many large invoices are waiting; try again in {retry_after} seconds',
  },
  too_slow: {
    status: 503,
    nb: 'Fakturaen tok mer enn {seconds} sekunder å lese eller skrive; prøv igjen senere',
    en: 'The invoice took more than {seconds} seconds to read or write; try again later',
  },
  left: {
    status: 400,
    nb: 'Den som ventet på fakturaen, gikk før den var ferdig',
    en: 'Whoever waited for the invoice left before it was ready',
  },
  too_large: {
    status: 422,
    nb: 'Fakturaen trenger mer minne enn den kan få; del den opp',
    en: 'The invoice needs more memory than it may have; divide it',
  },
});
