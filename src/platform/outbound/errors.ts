import { catalogue } from '../errors.ts';

/** Errors of parties. `service` in the facts names the party. */
export const outboundErrors = catalogue('outbound', {
  not_configured: {
    status: 503,
    nb: 'Det er ikke satt opp noen forbindelse til {service} på denne installasjonen',
    en: 'No connection to {service} is configured on this installation',
  },
  contract_broken: {
    status: 502,
    nb: '{service} svarte på en måte vi ikke forstår; prøv igjen senere',
    en: '{service} gave an answer that we do not understand; try again later',
  },
  credentials_refused: {
    status: 502,
    nb: '{service} godtar ikke tilgangsbeviset vårt',
    en: '{service} does not accept our credentials',
  },
  unavailable: {
    status: 503,
    nb: '{service} er ikke tilgjengelig nå; prøv igjen senere',
    en: '{service} is not available now; try again later',
  },
  address_refused: {
    status: 400,
    nb: 'Adressen til {service} er ikke på internett, eller ikke https; dit sendes ingenting',
    en: 'The address of {service} is not on the internet, or not https; nothing is sent there',
  },
  too_slow: {
    status: 504,
    nb: '{service} svarte ikke i tide; prøv igjen senere',
    en: '{service} did not answer in time; try again later',
  },
});
