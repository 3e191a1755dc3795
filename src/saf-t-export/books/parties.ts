import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { rowBatches } from '../../platform/database/row-batches.ts';
import { type AccountRole, NO_LEDGER, OF_CUSTOMERS } from '../xml/entries-statement.ts';
import type { ExportSubject } from '../export-subject.ts';
import { LIMIT } from '../xml/xml-text.ts';

export type PartyKind = 'customer' | 'supplier';

export interface PartyBalance {
  account: string;
  opening: bigint;
  closing: bigint;
}

/** A business partner in the file: its ids and balances. */
export interface Party {
  id: number;
  number: number;
  customerCode: string | null;
  supplierCode: string | null;
  employeeCode: string | null;
  name: string;
  isCustomer: boolean;
  isSupplier: boolean;
  /** Only an owner of the company, imported from another system. */
  isOwner: boolean;
  /** CustomerID and SupplierID; null while it is not one of them. */
  ids: Record<PartyKind, string | null>;
  balances: Record<PartyKind, PartyBalance[]>;
}

/** The place of a line's partner in the file: in a subsidiary ledger, among the analyses, or nowhere. */
export type PartnerPlace = PartyKind | 'analysis' | 'none';

/**
 * On an account of a subsidiary ledger the partner is its customer or supplier. On other accounts, an imported line
 * keeps its customer or supplier; a line of our own has the partner as a dimension.
 */
export function placeOfPartner(party: Party, role: AccountRole, fromSafT: boolean): PartnerPlace {
  if (fromSafT && party.isOwner) return 'none';
  if (role !== NO_LEDGER) return role === OF_CUSTOMERS ? 'customer' : 'supplier';
  if (!fromSafT) return 'analysis';
  return party.isSupplier && !party.isCustomer ? 'supplier' : 'customer';
}

interface Row {
  id: number;
  sequence_number: number;
  customer_code: string | null;
  supplier_code: string | null;
  employee_code: string | null;
  name: string;
  is_customer: boolean;
  is_supplier: boolean;
  is_owner: boolean;
}

const ROWS_AT_ONCE = 2000;

/** Rows of a query, in batches. */
export function rowsOf<R>(tx: Transaction, text: string, values: unknown[]): AsyncGenerator<R[]> {
  return rowBatches(tx, { text, values }, ROWS_AT_ONCE);
}

export class Parties {
  readonly byId = new Map<number, Party>();

  /** The partners with these ids, not placed in the file yet. */
  static async read({ tx, clientAccountId, asOf }: ExportSubject, ids: ReadonlySet<number>): Promise<Parties> {
    const parties = new Parties();
    if (ids.size === 0) return parties;
    const table = asOf ? sql`business_partners_at(${clientAccountId}, ${asOf})` : sql`business_partners`;
    const rows = await tx.rows<Row>(sql`
      select id, sequence_number, customer_code, supplier_code, employee_code, name, is_customer, is_supplier,
        origin -> 'owner' is not null and not is_customer and not is_supplier as is_owner
      from ${table} p where client_account_id = ${clientAccountId} and id = any (${[...ids]}::bigint[])`);
    for (const row of rows) {
      parties.byId.set(row.id, {
        id: row.id,
        number: row.sequence_number,
        customerCode: row.customer_code,
        supplierCode: row.supplier_code,
        employeeCode: row.employee_code,
        name: row.name,
        isCustomer: row.is_customer,
        isSupplier: row.is_supplier,
        isOwner: row.is_owner,
        ids: { customer: null, supplier: null },
        balances: { customer: [], supplier: [] },
      });
    }
    return parties;
  }

  add(party: Party, kind: PartyKind): void {
    // Any text: the final one is assigned when all are known.
    party.ids[kind] ??= '';
  }

  /** Assigns the ids: the partner's code, or its number if it has no code or the code is taken. */
  nameAll(): void {
    for (const kind of ['customer', 'supplier'] as const) {
      const named = this.of(kind);
      const taken = new Set<string>();
      for (const party of named) {
        const code = (kind === 'customer' ? party.customerCode : party.supplierCode)?.trim();
        if (!code || code.length > LIMIT.mid1 || taken.has(code)) continue;
        party.ids[kind] = code;
        taken.add(code);
      }
      for (const party of named) {
        if (party.ids[kind]) continue;
        let id = party.employeeCode?.trim() || `P${party.number}`;
        if (id.length > LIMIT.mid1 || taken.has(id)) id = `P${party.number}`;
        for (let n = 2; taken.has(id); n++) id = `P${party.number}-${n}`;
        party.ids[kind] = id;
        taken.add(id);
      }
    }
  }

  of(kind: PartyKind): Party[] {
    return [...this.byId.values()].filter(({ ids }) => ids[kind] !== null);
  }

  /** In file order. */
  sorted(kind: PartyKind): Party[] {
    return this.of(kind).sort((a, b) => (a.ids[kind]! < b.ids[kind]! ? -1 : 1));
  }
}
