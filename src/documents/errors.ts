import { catalogue } from '../platform/errors.ts';

export const documentErrors = catalogue('documents', {
  unsupported_content: {
    status: 415,
    nb: 'Filen {name} er ikke et dokument, bilde eller en tekst som kan være bilag',
    en: 'The file {name} is no document, picture or text that can be a voucher',
  },
  file_in_use: {
    status: 400,
    nb: 'Filen dokumenterer bilag i regnskapet og skal oppbevares; den kan ikke slettes',
    en: 'The file documents entries in the books and must be kept; it cannot be deleted',
    source: 'bokføringsloven § 13',
  },
  content_deleted: {
    status: 404,
    nb: 'Filens innhold er slettet',
    en: 'The content of the file was deleted',
  },
  voucher_deleted: {
    status: 400,
    nb: 'Bilagsdokumentet er slettet; last opp filen på nytt',
    en: 'The voucher was deleted; upload the file again',
  },
  voucher_booked: {
    status: 400,
    nb: 'Bilagsdokumentet er brukt i regnskapet; statusen BOOKED kan ikke endres',
    en: 'The voucher is used in the books; its status BOOKED cannot change',
  },
  own_voucher: {
    status: 400,
    nb: 'Bilaget ble bokført med dette dokumentet; det kan ikke tas bort',
    en: 'The entry was posted with this voucher; it cannot be taken away',
    source: 'bokføringsloven § 9, § 10',
  },
  link_locked: {
    status: 400,
    nb: 'Perioden er låst til og med {locked_until}; dokumentasjonen til et bilag datert {entry_date} kan ikke tas bort',
    en: 'The period is locked until and including {locked_until}; documentation of an entry dated {entry_date} cannot be taken away',
    source: 'bokføringsloven § 13',
  },
});
