import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import type { Invoice } from '../invoice.ts';
import { type Rule, SELLER, where } from './rule.ts';

/** The country whose rules apply: that of the seller’s VAT identifier, of its representative’s, or of its address. */
function sellerCountry({ seller, taxRepresentative }: Invoice): string | null {
  const vatId = seller.vatId ?? taxRepresentative?.vatId;
  return (vatId?.slice(0, 2) ?? seller.address?.country ?? null)?.toUpperCase() ?? null;
}

/** National rules for sellers in Norway. */
export const NORWAY_RULES: readonly Rule[] = [
  {
    id: 'NO-R-001',
    nb: 'Selgers avgiftsnummer skal være NO, et gyldig organisasjonsnummer og MVA',
    en: 'The seller’s VAT identifier must be NO, a valid organisation number and MVA',
    broken: ({ invoice: { seller } }) => {
      const id = seller.vatId;
      const isValid = id === null || !id.startsWith('NO') || isNorwegianVatId(id);
      return where(!isValid, `${SELLER}/cac:PartyTaxScheme/cbc:CompanyID`, id, 'NO123456785MVA');
    },
  },
  {
    id: 'NO-R-002',
    severity: 'warning',
    nb: 'De fleste norske selgere skal oppgi ordet «Foretaksregisteret» (foretaksregisterloven § 10-2)',
    en: 'Most Norwegian sellers must state the word “Foretaksregisteret” (foretaksregisterloven § 10-2)',
    broken: ({ invoice }) =>
      where(
        sellerCountry(invoice) === 'NO' && invoice.seller.taxRegistration !== 'Foretaksregisteret',
        `${SELLER}/cac:PartyTaxScheme`,
        invoice.seller.taxRegistration,
        'Foretaksregisteret',
      ),
  },
];

/** `NO`, nine digits with a MOD11 check digit, and `MVA`. */
function isNorwegianVatId(text: string): boolean {
  return /^NO\d{9}MVA$/.test(text) && isOrganizationNumber(text.slice(2, 11));
}
