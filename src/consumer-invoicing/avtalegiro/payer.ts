import sql from 'sql-template-tag';

/** The payer's reference in a KID `kid`, by the positions of its agreement `a`; null if it does not fit. */
export const PAYER = sql`case when length(kid) = a.kid_length then
  substring(kid from a.reference_from for a.reference_to - a.reference_from + 1)
    || coalesce('/' || substring(kid from a.payment_type_from for a.payment_type_to - a.payment_type_from + 1), '') end`;
