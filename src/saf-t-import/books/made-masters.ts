import { STANDARD_TAX_CODES } from '../../ledger/index.ts';
import { analysisKey, type AuditBook, type BookParty } from '../audit-file/audit-book.ts';
import type { TaxInformation, Transaction } from '../audit-file/audit-records.ts';
import type { FaultList, FaultPlace } from '../checks/fault.ts';

/*
 * Masters that lines or parties refer to but the file does not list. Masters that affect no figure are created and
 * reported once each; the importer writes them before the lines that use them.
 */

const STANDARD = new Map(STANDARD_TAX_CODES.map((code) => [code.code, code]));

export function makeParty(
  kind: 'customer' | 'supplier',
  id: string,
  place: FaultPlace,
  book: AuditBook,
  faults: FaultList,
): BookParty {
  const expected = kind === 'customer' ? 'a CustomerID of the master files' : 'a SupplierID of the master files';
  faults.add(kind === 'customer' ? 'customer-unknown' : 'supplier-unknown', { ...place, found: id, expected });
  const record = { kind, id, name: id, at: place.line ?? 0 };
  const party: BookParty = { id, record, balances: [], movements: new Map(), part: book.part };
  (kind === 'customer' ? book.customers : book.suppliers).set(id, party);
  book.made.parties.push(party);
  return party;
}

export function makeOwner(id: string, place: FaultPlace, book: AuditBook, faults: FaultList): void {
  faults.add('owner-unknown', { ...place, found: id, expected: 'an OwnerID of Owners' });
  const owner = { kind: 'owner' as const, id, name: id, at: place.line ?? 0 };
  book.owners.set(id, owner);
  book.ownerList.push(owner);
  book.made.owners.push(owner);
}

export function makeAnalysis(type: string, id: string, place: FaultPlace, book: AuditBook, faults: FaultList): void {
  faults.add('analysis-unknown', { ...place, found: `${type} ${id}`, expected: 'an entry of AnalysisTypeTable' });
  let typeDescription = type;
  for (const known of book.analyses.values())
    if (known.type === type && known.typeDescription !== undefined) {
      ({ typeDescription } = known);
      break;
    }
  book.analyses.set(analysisKey(type, id), {
    kind: 'analysis',
    type,
    typeDescription,
    id,
    description: id,
    at: place.line ?? 0,
  });
  book.made.analyses++;
}

/**
 * An unlisted code without tax is created with 0 %. A code with tax decides what is reported to the state: its meaning
 * is known only if number and rate are those of a standard code; any other is an error.
 */
export function makeTaxCode(
  tax: TaxInformation,
  transaction: Transaction,
  place: FaultPlace,
  book: AuditBook,
  faults: FaultList,
): void {
  const code = tax.code!;
  const day = transaction.date ?? transaction.postingDate ?? '';
  const standard = STANDARD.get(code);
  const rate = standard?.rates.find(({ from, to }) => from <= day && (to === null || to >= day))?.rate ?? '0';
  const percent = Number(tax.percentage ?? 0);
  const amounts = [tax.debit, tax.credit, tax.amount].map((money) => money?.amount ?? 0n);
  const isFree = percent === 0 && amounts.every((amount) => amount === 0n);
  const isStandard = standard !== undefined && tax.percentage !== null && Number(rate) === percent;
  if (!isFree && !isStandard) {
    faults.add('tax-code-unknown', { ...place, found: code, expected: 'a TaxCode of TaxTable' });
    return;
  }
  if (book.taxCodes.has(code)) return;
  faults.add(isFree ? 'tax-code-made' : 'tax-code-standard', {
    ...place,
    found: code,
    expected: 'a TaxCode of TaxTable',
  });
  const standardCode = isStandard ? code : 'NA';
  const made = {
    code,
    records: [
      {
        kind: 'taxCode' as const,
        code,
        standardCode,
        description: isStandard ? standard.nb : `Mva-kode ${code}`,
        ...(isStandard ? {} : { percentage: '0' }),
        at: place.line ?? 0,
      },
    ],
    part: book.part,
    made: true,
  };
  book.taxCodes.set(code, made);
  book.made.taxCodes.push(made);
}
