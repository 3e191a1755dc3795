import { catalogue } from '../platform/errors.ts';

export const reportErrors = catalogue('reports', {
  date_order: {
    status: 422,
    nb: 'Fra-datoen {from} er etter til-datoen {to}',
    en: 'The range begins on {from}, after it ends on {to}',
    source: 'specification: 422 Invalid date range',
  },
  range_too_long: {
    status: 422,
    nb: 'Perioden {from} til {to} er lengre enn {years} år',
    en: 'The range {from} to {to} is longer than {years} years',
    source: 'specification: 422 Invalid date range',
  },
  too_many_drafts: {
    status: 422,
    nb: 'Det er mer enn {most} linjer i utkast; bokfør dem, velg færre kontoer eller en kortere periode',
    en: 'Drafts have more than {most} lines; post them, or choose fewer accounts or a shorter range',
    source: 'drafts are computed in memory',
  },
  drafts_too_large: {
    status: 422,
    nb: 'Utkastene utgjør {drafts} og bøkene {books}; sammen kan en rapport ta med høyst {limit}. Be om rapporten uten utkast, eller rett utkastene',
    en: 'The drafts come to {drafts} and the books to {books}; a report can hold {limit} of both. Ask for it without drafts, or correct them',
    source: 'sums beyond are not exact (docs/decisions/0012)',
  },
  as_of_future: {
    status: 422,
    nb: 'as_of {as_of} er ikke kommet ennå; klokken er {now}',
    en: 'as_of {as_of} has not come yet; it is {now}',
    source: 'a report as the books were known at a moment',
  },
});
