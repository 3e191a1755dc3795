import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import type { Analysis } from '../books/analyses.ts';
import { transactionTypes, voucherTypes } from '../books/journals.ts';
import { placeOfPartner } from '../books/parties.ts';
import type { SafTBooks } from '../books/read-books.ts';
import type { CopiedRow } from '../copy-rows.ts';
import { type AccountRole, ENTRY_COLUMNS, FROM_SAF_T, LAST_LINE, ROLE_SHIFT } from './entries-statement.ts';
import { tag, XmlBytes } from './xml-bytes.ts';
import { group, LIMIT, plain, textElement, xmlText } from './xml-text.ts';

const TRANSACTION = { begin: Buffer.from('<Transaction>'), end: Buffer.from('</Transaction>\n') };
const NUMBER = tag('TransactionID');
const PERIOD = tag('Period');
const YEAR = tag('PeriodYear');
const DATE = tag('TransactionDate');
const MADE_ON = tag('SystemEntryDate');
const MADE_AT = tag('SystemEntryTime');
const POSTED_ON = tag('GLPostingDate');
const LINE = tag('Line');
const RECORD = tag('RecordID');
const ACCOUNT = tag('AccountID');
const DESCRIPTION = tag('Description');
const DEBIT = tag('DebitAmount');
const CREDIT = tag('CreditAmount');
const AMOUNT = tag('Amount');
const TAX = {
  begin: Buffer.from('<TaxInformation><TaxType>MVA</TaxType>'),
  country: Buffer.from('<Country>NO</Country>'),
  end: Buffer.from('</TaxInformation>'),
};
const TAX_CODE = tag('TaxCode');
const TAX_RATE = tag('TaxPercentage');
const TAX_BASE = tag('TaxBase');
const DEBIT_TAX = tag('DebitTaxAmount');
const CREDIT_TAX = tag('CreditTaxAmount');
const REFERENCE = tag('ReferenceNumber');
const KID = tag('CID');
const DUE_DATE = tag('DueDate');
/** Of a moment in ISO 8601. */
const DATE_LENGTH = '2026-03-15'.length;

/** Source and voucher of our own entries, as XML, by user, series and source. */
interface OwnVouchers {
  users: ReadonlyMap<number, Buffer>;
  series: ReadonlyMap<string, Buffer>;
  sources: ReadonlyMap<string, Buffer>;
}

/** Lines as XML, from the rows of `entries-statement.ts`, with the names of dimensions and partners filled in. */
export class EntryXml {
  readonly #books: SafTBooks;
  readonly #sets = new Map<number, Buffer>();
  readonly #asCustomer = new Map<number, Buffer>();
  readonly #asSupplier = new Map<number, Buffer>();
  readonly #asAnalysis = new Map<number, Buffer>();
  readonly #xml = new XmlBytes();
  /** Of the entry, repeated on its lines. */
  readonly #description = new XmlBytes();
  readonly #reference = new XmlBytes();
  readonly #madeAt = new XmlBytes();
  readonly #vouchers: OwnVouchers;
  readonly #importPaid: ReadonlySet<string>;

  static async of(books: SafTBooks): Promise<EntryXml> {
    return new EntryXml(books, {
      users: await sourceIds(books),
      series: bytesOf(voucherTypes(books.journals)),
      sources: bytesOf(transactionTypes(await sourcesOf(books))),
    });
  }

  private constructor(books: SafTBooks, vouchers: OwnVouchers) {
    this.#books = books;
    this.#vouchers = vouchers;
    this.#importPaid = new Set(books.taxTable.importPaid.map((code) => xmlText(code, LIMIT.mid2) ?? ''));
    for (const [set, values] of books.setMembers) {
      this.#sets.set(set, Buffer.from(values.map((value) => reference(books.analyses.of(value)!)).join('')));
    }
    for (const party of books.parties.byId.values()) {
      const { id, ids } = party;
      if (ids.customer !== null)
        this.#asCustomer.set(id, Buffer.from(textElement('CustomerID', ids.customer, LIMIT.mid1)));
      if (ids.supplier !== null)
        this.#asSupplier.set(id, Buffer.from(textElement('SupplierID', ids.supplier, LIMIT.mid1)));
      const analysis = books.analyses.ofPartner(id);
      if (analysis) this.#asAnalysis.set(id, Buffer.from(reference(analysis)));
    }
  }

  /**
   * The line as XML, with the head of its transaction before the first one and the end of it after the last. Valid until the
   * next line.
   */
  line(row: CopiedRow, bits: number, lineNo: number, amount: number): Buffer {
    const xml = this.#xml;
    xml.clear();
    if (lineNo === 1) this.#head(row, (bits & FROM_SAF_T) !== 0);
    else row.skipNulls(ENTRY_COLUMNS);
    xml.put(LINE.begin);
    xml.put(RECORD.begin);
    if (row.next().isNull) xml.whole(lineNo);
    else xml.column(row);
    xml.put(RECORD.end);
    xml.element(ACCOUNT, row.next());
    xml.column(row.next());
    if (!row.next().isNull) this.#dimensions(row.int());
    const party = row.next().isNull ? null : this.#partner(row.bigint(), bits);
    xml.column(row.next());
    if (party) xml.put(party);
    xml.put(DESCRIPTION.begin);
    if (!xml.stored(row.next(), LIMIT.long)) xml.add(this.#description);
    xml.put(DESCRIPTION.end);
    const side = amount < 0 ? CREDIT : DEBIT;
    xml.put(side.begin);
    this.#amount(Math.abs(amount));
    xml.column(row.next());
    xml.put(side.end);
    this.#tax(row, amount);
    xml.column(row.next());
    if (!xml.storedElement(REFERENCE, row.next(), LIMIT.mid1)) xml.add(this.#reference);
    xml.storedElement(KID, row.next(), LIMIT.mid1);
    xml.element(DUE_DATE, row.next());
    xml.column(row.next());
    if (row.next().isNull) xml.add(this.#madeAt);
    else xml.column(row);
    xml.column(row.next());
    xml.put(LINE.end);
    if (bits & LAST_LINE) xml.put(TRANSACTION.end);
    return xml.bytes();
  }

  #amount(ore: number): void {
    this.#xml.put(AMOUNT.begin);
    this.#xml.kroner(ore);
    this.#xml.put(AMOUNT.end);
  }

  /**
   * VAT is on the base line only. A line with import VAT paid to customs is itself the tax amount: its base is on other
   * lines. An unknown amount is written as 0.00.
   */
  #tax(row: CopiedRow, amount: number): void {
    if (row.next().isNull) {
      row.skipNulls(2);
      return;
    }
    const xml = this.#xml;
    xml.put(TAX.begin);
    xml.element(TAX_CODE, row);
    const hasBase = this.#importPaid.size === 0 || !this.#importPaid.has(row.text());
    xml.element(TAX_RATE, row.next());
    xml.put(TAX.country);
    if (hasBase) {
      xml.put(TAX_BASE.begin);
      xml.kroner(Math.abs(amount));
      xml.put(TAX_BASE.end);
    }
    const side = amount < 0 ? CREDIT_TAX : DEBIT_TAX;
    xml.put(side.begin);
    this.#amount(row.next().isNull ? 0 : row.bigint());
    xml.put(side.end);
    xml.put(TAX.end);
  }

  /** The head of a transaction. What its lines repeat is kept for them. */
  #head(row: CopiedRow, isFromSafT: boolean): void {
    const xml = this.#xml;
    xml.put(TRANSACTION.begin);
    xml.element(NUMBER, row.next());
    xml.put(PERIOD.begin);
    xml.whole(row.next().int());
    xml.put(PERIOD.end);
    xml.put(YEAR.begin);
    xml.whole(row.next().int());
    xml.put(YEAR.end);
    xml.element(DATE, row.next());
    xml.column(row.next());
    const voucher = [
      this.#vouchers.users.get(row.next().bigint()),
      this.#vouchers.series.get(row.next().text()),
      this.#vouchers.sources.get(row.next().text()),
    ];
    if (!isFromSafT) for (const piece of voucher) if (piece) xml.put(piece);
    this.#description.clear();
    const isDescribed = this.#description.stored(row.next(), LIMIT.long);
    row.next();
    if (!isDescribed) this.#description.stored(row, LIMIT.long);
    xml.put(DESCRIPTION.begin);
    xml.add(this.#description);
    xml.put(DESCRIPTION.end);
    this.#madeAt.clear();
    row.next();
    if (!isFromSafT) {
      this.#madeAt.element(MADE_AT, row);
      xml.put(MADE_ON.begin);
      xml.begin(row, DATE_LENGTH);
      xml.put(MADE_ON.end);
    }
    row.next();
    if (!isFromSafT) xml.element(POSTED_ON, row);
    xml.column(row.next());
    this.#reference.clear();
    this.#reference.storedElement(REFERENCE, row.next(), LIMIT.mid1);
  }

  #dimensions(set: number): void {
    const analyses = this.#sets.get(set);
    if (analyses) this.#xml.put(analyses);
  }

  /** Writes a partner among the analyses; returns the element of one in a subsidiary ledger. */
  #partner(id: number, bits: number): Buffer | null {
    const party = this.#books.parties.byId.get(id);
    assert(party, `business partner ${id} is not among those of the selection`);
    const role = ((bits >> ROLE_SHIFT) & 3) as AccountRole;
    const place = placeOfPartner(party, role, (bits & FROM_SAF_T) !== 0);
    if (place === 'none') return null;
    const found = (
      place === 'customer' ? this.#asCustomer : place === 'supplier' ? this.#asSupplier : this.#asAnalysis
    ).get(id);
    assert(found, `business partner ${id} has no place in the master files`);
    if (place !== 'analysis') return found;
    this.#xml.put(found);
    return null;
  }
}

function reference({ type, id }: Analysis): string {
  return group('Analysis', textElement('AnalysisType', type, LIMIT.code) + textElement('AnalysisID', id, LIMIT.mid1));
}

function bytesOf(texts: Record<string, string>): Map<string, Buffer> {
  return new Map(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)]));
}

/** The user who created an entry, by sign-in address, or by number if that is too long. */
async function sourceIds({ subject: { tx, clientAccountId, range } }: SafTBooks): Promise<Map<number, Buffer>> {
  const rows = await tx.rows<{ id: number; email: string }>(sql`
    select id, email from users where id in (select distinct created_by_id from journal_entries
      where client_account_id = ${clientAccountId} and entry_date between ${range.from} and ${range.to})`);
  return new Map(
    rows.map(({ id, email }) => {
      const name = xmlText(email.length <= LIMIT.mid1 ? email : `bruker-${id}`, LIMIT.mid1) ?? `bruker-${id}`;
      return [id, Buffer.from(plain('SourceID', name))];
    }),
  );
}

async function sourcesOf({ subject: { tx, clientAccountId, range } }: SafTBooks): Promise<string[]> {
  const rows = await tx.rows<{ source: string }>(sql`
    select distinct source from journal_entries
    where client_account_id = ${clientAccountId} and entry_date between ${range.from} and ${range.to}`);
  return rows.map(({ source }) => source);
}
