import { catalogue } from '../platform/errors.ts';

export const eventErrors = catalogue('events', {
  position_gone: {
    status: 400,
    nb: 'Hendelser etter posisjon {after} er ikke lenger lagret; den eldste som er igjen, har posisjon {oldest}',
    en: 'Events after position {after} are no longer kept; the oldest one left has position {oldest}',
  },
});
