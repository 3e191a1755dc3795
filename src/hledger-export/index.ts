export { type HledgerRequest, hledgerJournal } from './hledger-journal.ts';
