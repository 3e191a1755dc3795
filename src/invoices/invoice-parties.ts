import type { Address, Identifier, Party } from '../ehf/index.ts';
import { NO_PARTY } from '../ehf/index.ts';
import { isOrganizationNumber } from '../kernel/check-digits.ts';

/** The facts of the selling company. */
export interface SellerFacts {
  name: string;
  organization_number: string | null;
  address_line: string | null;
  postal_code: string | null;
  city: string | null;
  country_code: string | null;
  email: string | null;
  phone: string | null;
  is_vat_registered: boolean;
  in_business_register: boolean;
}

/** The client account's facts of its customer. */
export interface BuyerFacts {
  name: string;
  organization_number: string | null;
  contact_person: string | null;
  email: string | null;
  phone: string | null;
  address: {
    street?: string | null;
    additional?: string | null;
    postal_code?: string | null;
    city?: string | null;
    region?: string | null;
    country?: string | null;
  } | null;
}

const NORWAY = '0192';

/** Digits of a Norwegian organisation number in any notation: `991 825 827 MVA`. */
export function organizationDigits(text: string | null): string | null {
  const digits = text?.replace(/\s|MVA$/gi, '').replace(/^NO/i, '') ?? '';
  return isOrganizationNumber(digits) ? digits : null;
}

const registered = (digits: string | null): Identifier | null =>
  digits === null ? null : { value: digits, scheme: NORWAY };

export function sellerParty(facts: SellerFacts): Party {
  const digits = organizationDigits(facts.organization_number);
  return {
    ...NO_PARTY,
    endpoint: registered(digits),
    address: {
      street: facts.address_line,
      additionalStreet: null,
      line: null,
      city: facts.city,
      postalCode: facts.postal_code,
      subdivision: null,
      country: facts.country_code ?? 'NO',
    },
    vatId: facts.is_vat_registered && digits !== null ? `NO${digits}MVA` : null,
    taxRegistration: facts.in_business_register ? 'Foretaksregisteret' : null,
    legalName: facts.name,
    legalId: registered(digits),
    contact: (facts.email ?? facts.phone) === null ? null : { name: null, telephone: facts.phone, email: facts.email },
  };
}

/** A buyer without an address is assumed to be in Norway: only the country is required. */
export function buyerParty(facts: BuyerFacts): Party {
  const digits = organizationDigits(facts.organization_number);
  const address: Address = {
    street: facts.address?.street ?? null,
    additionalStreet: facts.address?.additional ?? null,
    line: null,
    city: facts.address?.city ?? null,
    postalCode: facts.address?.postal_code ?? null,
    subdivision: facts.address?.region ?? null,
    country: facts.address?.country ?? 'NO',
  };
  const hasContact = (facts.contact_person ?? facts.email ?? facts.phone) !== null;
  return {
    ...NO_PARTY,
    endpoint: registered(digits),
    address,
    legalName: facts.name,
    legalId:
      registered(digits) ??
      (facts.organization_number === null ? null : { value: facts.organization_number, scheme: null }),
    contact: hasContact ? { name: facts.contact_person, telephone: facts.phone, email: facts.email } : null,
  };
}
