import { catalogue } from '../../platform/errors.ts';

export const mailboxErrors = catalogue('bank_mailbox', {
  wrong_host_key: {
    status: 502,
    nb: 'Tjeneren som svarer for {service}, har en annen nøkkel enn den som er oppgitt; ingenting ble sendt eller hentet',
    en: 'The server that answers for {service} has another key than the one that was given; nothing was sent or fetched',
  },
  other_content: {
    status: 502,
    nb: 'En fil fra {service} har et annet innhold enn det som er oppgitt; den hentes på nytt',
    en: 'A file of {service} has other content than was told; it will be fetched again',
  },
});
