import type { LocalDate } from '../../kernel/local-date.ts';
import { parsePercent, type Percent } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Text } from '../../platform/errors.ts';
import { type KnownAt, mastersTable } from '../figures/known-at.ts';

/** A VAT code as used by the VAT report and the return. */
export interface VatCode {
  code: string;
  standardCode: string;
  name: Text;
  category: 'input' | 'output' | null;
  direction: 'sale' | 'purchase' | 'reverse' | 'none';
  outputAccount: string | null;
  deductionAccount: string | null;
  isImportPaid: boolean;
  reportable: boolean;
  /** Of the return's lines: uttak, tapPåKrav … */
  specification: string | null;
  activeFrom: LocalDate;
  activeTo: LocalDate | null;
  rates: readonly { from: LocalDate; to: LocalDate | null; rate: Percent }[];
}

interface Row {
  code: string;
  standard_code: string;
  description_nb: string;
  description_en: string;
  category: VatCode['category'];
  direction: VatCode['direction'];
  tax_account_code: string | null;
  acquisition_tax_account_code: string | null;
  is_import_paid: boolean;
  reportable: boolean;
  specification: string | null;
  active_from: LocalDate;
  active_to: LocalDate | null;
  rates: { from: LocalDate; to: LocalDate | null; rate: string }[];
}

const codesFrom = (at: string | null) => `
select t.code, t.standard_code, t.description_nb, t.description_en, t.category, t.direction, t.tax_account_code,
  t.acquisition_tax_account_code, t.is_import_paid, t.reportable, t.specification, t.active_from, t.active_to,
  coalesce((select json_agg(json_build_object('from', r.valid_from, 'to', r.valid_to, 'rate', r.rate::text) order by r.valid_from)
    from tax_code_rates r where r.client_account_id = t.client_account_id and r.code = t.code), '[]') as rates
from ${mastersTable('tax_codes', at)} t where t.client_account_id = $1`;

const CODES = codesFrom(null);
const CODES_THEN = codesFrom('$2');

/** All VAT codes of the client account in the order of the report; `known`: as of that time. */
export async function readVatCodes(
  tx: Transaction,
  clientAccountId: number,
  known: KnownAt | null,
): Promise<VatCode[]> {
  const rows = await (known
    ? tx.named<Row>('vat-codes-then', CODES_THEN, [clientAccountId, known.at])
    : tx.named<Row>('vat-codes', CODES, [clientAccountId]));
  return rows
    .map((row) => ({
      code: row.code,
      standardCode: row.standard_code,
      name: { nb: row.description_nb, en: row.description_en },
      category: row.category,
      direction: row.direction,
      outputAccount: row.tax_account_code,
      deductionAccount: row.acquisition_tax_account_code,
      isImportPaid: row.is_import_paid,
      reportable: row.reportable,
      specification: row.specification,
      activeFrom: row.active_from,
      activeTo: row.active_to,
      rates: row.rates.map(({ from, to, rate }) => ({ from, to, rate: parsePercent(rate) })),
    }))
    .sort(inReportOrder);
}

const GROUPS = [
  { id: 'sales', codes: ['3', '31', '32', '33'] },
  { id: 'exempt', codes: ['5', '51', '52', '6', '7'] },
  { id: 'import', codes: ['14', '15', '20', '21', '22', '81', '82', '83', '84', '85'] },
  { id: 'services', codes: ['86', '87', '88', '89'] },
  { id: 'domestic_reverse', codes: ['91', '92'] },
  { id: 'purchases', codes: ['1', '11', '12', '13', '0'] },
] as const;

export type VatGroup = (typeof GROUPS)[number]['id'] | 'other';

const GROUP_OF = new Map<string, VatGroup>(GROUPS.flatMap(({ id, codes }) => codes.map((code) => [code, id] as const)));
const ORDER: readonly VatGroup[] = [...GROUPS.map(({ id }) => id), 'other'];

/** Sales, exempt, import, services from abroad, domestic reverse charge, purchases (specification of the VAT). */
export function groupOf({ standardCode }: Pick<VatCode, 'standardCode'>): VatGroup {
  return GROUP_OF.get(standardCode) ?? 'other';
}

/** By group, then by the number of the standard code and of the own one, the standard code itself first. */
export function inReportOrder(a: VatCode, b: VatCode): number {
  return (
    ORDER.indexOf(groupOf(a)) - ORDER.indexOf(groupOf(b)) ||
    byNumber(a.standardCode, b.standardCode) ||
    Number(a.code !== a.standardCode) - Number(b.code !== b.standardCode) ||
    byNumber(a.code, b.code)
  );
}

function byNumber(a: string, b: string): number {
  const [x, y] = [a, b].map((code) => (/^\d{1,9}$/.test(code) ? Number(code) : Infinity)) as [number, number];
  return x === y ? (a < b ? -1 : a > b ? 1 : 0) : x - y;
}
