export { openLedger } from './open-ledger.ts';
export { mastersChanged, takeIds } from './head.ts';
