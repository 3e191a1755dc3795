import { catalogue } from '../platform/errors.ts';

export const assetErrors = catalogue('assets', {
  retired_before_acquired: {
    status: 400,
    nb: 'Avgangsdatoen {retirement_date} er før anskaffelsesdatoen {acquisition_date}',
    en: 'retirement_date {retirement_date} is before acquisition_date {acquisition_date}',
  },
  nothing_to_dispose: {
    status: 400,
    nb: 'Det står ingenting på eiendelen i regnskapet',
    en: 'Nothing stands on the asset in the books',
  },
  class_not_depreciated: {
    status: 400,
    nb: 'Eiendeler i klassen {asset_class} avskrives ikke',
    en: 'Assets of the class {asset_class} are not depreciated',
  },
  plan_in_the_past: {
    status: 400,
    nb: 'En endret plan virker bare fremover: tidligst fra {earliest}',
    en: 'A changed plan acts forward only: from {earliest} at the earliest',
  },
  class_has_no_property: {
    status: 400,
    nb: 'Eiendeler i klassen {asset_class} kan ikke knyttes til fast eiendom',
    en: 'Asset class {asset_class} does not support real-estate linking',
    source: 'specification: assets, attach property',
  },
});
