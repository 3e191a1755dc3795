import { DEMO_EMAIL, DEMO_PASSWORD, OWNER_EMAIL } from './demo-people.ts';

/** The demo users that the start page offers to visitors. The password is published with the demo. */
export const DEMO_SIGN_INS = [
  {
    email: DEMO_EMAIL,
    password: DEMO_PASSWORD,
    as: { nb: 'Prøv som regnskapsfører', en: 'Try as the accountant' },
    sees: {
      nb: 'Marit Tollefsrud fører regnskapet for tre klienter.',
      en: 'Marit Tollefsrud keeps the books of three clients.',
    },
  },
  {
    email: OWNER_EMAIL,
    password: DEMO_PASSWORD,
    as: { nb: 'Prøv som klient', en: 'Try as the client' },
    sees: {
      nb: 'Sigrun Lerkefjell eier Lerkefjell Innredning AS.',
      en: 'Sigrun Lerkefjell owns Lerkefjell Innredning AS.',
    },
  },
] as const;
