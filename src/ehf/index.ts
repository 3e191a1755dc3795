export { type Decimal, formatDecimal, parseDecimal, percentage } from './decimal.ts';
export type { Finding } from './finding.ts';
export * from './invoice.ts';
export { NoInvoice, type ReadDocument, readInvoice } from './read-invoice.ts';
export { lineAmount, withSums } from './sums.ts';
export { UNIT_CODES, unitName } from './unit-codes.ts';
export { isRefused, RULES_VERSION, validate } from './validate.ts';
export { writeInvoice } from './write-invoice.ts';
