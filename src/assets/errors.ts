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
  already_disposed: {
    status: 409,
    nb: 'Eiendelen ble avhendet {disposed_on} (bilag {journal_entry_id})',
    en: 'The asset was disposed of on {disposed_on} (entry {journal_entry_id})',
  },
  nothing_imported: {
    status: 400,
    nb: 'Ingenting er importert; oppgi entry_date, dagen eiendelene kom inn i regnskapet',
    en: 'Nothing was imported; give entry_date, the day on which the assets came into the books',
  },
  not_disposed: {
    status: 409,
    nb: 'Eiendelen er ikke avhendet',
    en: 'The asset is not disposed of',
  },
  is_disposed: {
    status: 409,
    nb: 'Eiendelen ble avhendet {disposed_on}; avgangsdatoen endres ved å omgjøre avhendelsen',
    en: 'The asset was disposed of on {disposed_on}; its retirement_date changes when the disposal is undone',
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
  month_too_far: {
    status: 400,
    nb: 'Avskrivning for {month} kan ikke føres ennå; den siste måneden som kan kjøres er {latest}',
    en: 'Depreciation of {month} cannot be posted yet; the last month that can be run is {latest}',
  },
  change_in_the_past: {
    status: 400,
    nb: 'Eiendelen er avskrevet, og endringen ville skrive om måneder før {earliest}. Send earlier_months «keep» for at den skal virke fra {earliest}, eller «correct» for at neste kjøring skal føre rettelsen',
    en: 'The asset has been depreciated, and the change would rewrite months before {earliest}. Send earlier_months "keep" to have it act from {earliest}, or "correct" to have the next run post the correction',
  },
  no_table_value: {
    status: 400,
    nb: 'Skatteetaten har ingen tabellverdi for fritidseiendommen ({feilkode}); formuesgrunnlaget har det som er fastsatt',
    en: 'Skatteetaten has no table value for the holiday home ({feilkode}); the basis has what was assessed',
    source: 'specification: assets, get property valuation',
  },
  class_has_no_property: {
    status: 400,
    nb: 'Eiendeler i klassen {asset_class} kan ikke knyttes til fast eiendom',
    en: 'Asset class {asset_class} does not support real-estate linking',
    source: 'specification: assets, attach property',
  },
  malformed_external_id: {
    status: 400,
    nb: 'external_id «{external_id}» er ikke et eiendomsnummer hos Skatteetaten, slik som 3817404-31/139/0/0',
    en: 'external_id "{external_id}" is no property identifier of Skatteetaten, such as 3817404-31/139/0/0',
  },
  other_property: {
    status: 400,
    nb: 'external_id {external_id} nevner en annen eiendom enn {property_id}, som er {cadastral_number}',
    en: 'external_id {external_id} names another property than {property_id}, which is {cadastral_number}',
  },
  property_attached: {
    status: 400,
    nb: 'Eiendelen er allerede knyttet til eiendommen {external_id}; koble den fra først',
    en: 'The asset is already linked to the property {external_id}; detach it first',
  },
  no_property: {
    status: 400,
    nb: 'Eiendelen er ikke knyttet til noen eiendom',
    en: 'The asset has no linked property',
    source: 'specification: assets, update property details, detach property',
  },
  not_linked: {
    status: 400,
    nb: 'Eiendelen er ikke knyttet til Skatteetaten',
    en: 'The asset is not linked to Skatteetaten',
    source: 'specification: assets, get property valuation',
  },
});
