import { isLocalDate, type LocalDate } from '../../kernel/local-date.ts';
import { isObject, type JsonObject } from '../../platform/outbound/json-answer.ts';
import type { RegisteredFacts } from '../../registry/index.ts';

/** A main unit or a sub-unit in the register. */
export interface Unit extends RegisteredFacts {
  organization_number: string;
  /** Deleted units are still returned, with few fields. */
  is_deleted: boolean;
  is_sub_unit: boolean;
  is_in_business_register: boolean | null;
  address_line_2: string | null;
}

/** No name, address or number of the register is longer. */
const LONGEST = 500;

/**
 * The facts of a unit (v2 of Enhetsregisteret's API; version 1 of 2018 has a part of them). Optional fields of an
 * unexpected form are dropped; null if mandatory fields are missing or belong to another number.
 */
export function readUnit(body: JsonObject, organizationNumber: string): Unit | null {
  const name = text(body.navn);
  if (body.organisasjonsnummer !== organizationNumber || name === null) return null;
  const flags = [body.konkurs, body.underAvvikling, body.underTvangsavviklingEllerTvangsopplosning];
  // A warning must never be lost through a change of format.
  if (flags.some((flag) => flag !== undefined && flag !== null && typeof flag !== 'boolean')) return null;
  const [isBankrupt = false, isUnderLiquidation = false, isUnderCompulsoryDissolution = false] = flags as (
    | boolean
    | undefined
  )[];
  const deletedOn = date(body.slettedato);
  const isDeleted = body.slettedato !== undefined && body.slettedato !== null;
  const address =
    addressOf(body.forretningsadresse) ?? addressOf(body.beliggenhetsadresse) ?? addressOf(body.postadresse);
  return {
    organization_number: organizationNumber,
    name,
    organization_form: isObject(body.organisasjonsform) ? text(body.organisasjonsform.kode) : null,
    parent_organization_number: number(body.overordnetEnhet),
    vat_registered: typeof body.registrertIMvaregisteret === 'boolean' ? body.registrertIMvaregisteret : null,
    is_in_business_register:
      typeof body.registrertIForetaksregisteret === 'boolean' ? body.registrertIForetaksregisteret : null,
    is_bankrupt: isBankrupt ?? false,
    is_under_liquidation: isUnderLiquidation ?? false,
    is_under_compulsory_dissolution: isUnderCompulsoryDissolution ?? false,
    is_deleted: isDeleted,
    is_sub_unit: body.beliggenhetsadresse !== undefined || body.oppstartsdato !== undefined,
    since: isDeleted
      ? deletedOn
      : isBankrupt
        ? date(body.konkursdato)
        : isUnderCompulsoryDissolution
          ? compulsoryDate(body)
          : isUnderLiquidation
            ? date(body.underAvviklingDato)
            : null,
    ...(address ?? NO_ADDRESS),
    email: text(body.epostadresse),
    phone: text(body.telefon) ?? text(body.mobil),
    website: text(body.hjemmeside),
    industry_code: isObject(body.naeringskode1) ? text(body.naeringskode1.kode) : null,
  };
}

const NO_ADDRESS = { address_line: null, address_line_2: null, postal_code: null, city: null, country_code: null };

function addressOf(value: unknown) {
  if (!isObject(value)) return null;
  const lines = (Array.isArray(value.adresse) ? value.adresse : []).map(text).filter((line) => line !== null);
  const [first = null, ...rest] = lines;
  const country = text(value.landkode);
  return {
    address_line: first,
    address_line_2: rest.length > 0 ? rest.join(', ').slice(0, LONGEST) : null,
    postal_code: text(value.postnummer),
    city: text(value.poststed),
    country_code: country !== null && /^[A-Z]{2}$/.test(country) ? country : null,
  };
}

/** The name begins with the kind of compulsory dissolution, of which there are several. */
function compulsoryDate(body: JsonObject): LocalDate | null {
  const key = Object.keys(body).find((name) => name.startsWith('tvangs') && name.endsWith('Dato'));
  return key === undefined ? null : date(body[key]);
}

function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // eslint-disable-next-line no-control-regex -- a control character has no place in a name or an address
  const clean = value.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();
  return clean === '' ? null : clean.slice(0, LONGEST);
}

function number(value: unknown): string | null {
  return typeof value === 'string' && /^\d{9}$/.test(value) ? value : null;
}

/** From a date, or from a time that begins with one. */
function date(value: unknown): LocalDate | null {
  const day = typeof value === 'string' ? value.slice(0, 10) : '';
  return isLocalDate(day) ? day : null;
}
