import type { LocalDate } from '../kernel/local-date.ts';

/** The register's data of an organisation, with the column names of its table. */
export interface RegisteredFacts {
  name: string;
  /** AS, ENK, ASA, … */
  organization_form: string | null;
  parent_organization_number: string | null;
  vat_registered: boolean | null;
  is_bankrupt: boolean;
  is_under_liquidation: boolean;
  is_under_compulsory_dissolution: boolean;
  /** The date since which these facts hold, or of the deletion. */
  since: LocalDate | null;
  address_line: string | null;
  postal_code: string | null;
  city: string | null;
  country_code: string | null;
  email: string | null;
  phone: string | null;
  website: string | null;
  /** SN2007 or SN2025. */
  industry_code: string | null;
}

/** `unasked`: not queried yet. `unknown`: not in the register. `removed`: removed from it for legal reasons. */
export type RegisterStatus = 'unasked' | 'registered' | 'deleted' | 'removed' | 'unknown';
