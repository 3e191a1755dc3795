import sql from 'sql-template-tag';
import { textArray } from '../../platform/database/arrays.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import type { Values } from './document-input.ts';
import type { NewDecided } from './document-rows.ts';
import type { DocumentType } from './document.ts';
import { commercialDocumentErrors } from './errors.ts';

/** Entering the same bill twice is the most frequent cause of a double payment. */
export async function refuseSameNumber(
  tx: Transaction,
  clientAccountId: number,
  inputs: readonly Values[],
  id: number | null,
): Promise<void> {
  const numbers = inputs.flatMap((input) => (numberKey(input) === null ? [] : input.document_number!));
  if (numbers.length === 0) return;
  const found = await tx.prepared<{
    id: number;
    document_type: DocumentType;
    document_number: string;
    business_partner_id: number | null;
  }>(
    'documents-of-numbers',
    sql`
      select id, document_type, document_number, business_partner_id from documents
      where client_account_id = ${clientAccountId} and document_number = any(${textArray(numbers)}::text[])
        and document_status <> 'CANCELLED' and id <> ${id ?? 0}
      order by id`,
  );
  const idOf = new Map(found.toReversed().map((document) => [numberKey(document), document.id]));
  for (const input of inputs) {
    const key = numberKey(input);
    const same = key === null ? undefined : idOf.get(key);
    if (same === undefined) continue;
    // The refusal of all would not say which of several it is.
    if (inputs.length > 1) throw requestErrors.concurrent_change();
    throw commercialDocumentErrors.number_taken({ document_number: input.document_number!, document_id: same });
  }
}

/** Of two with one number, the second is to be told of the first. */
export function refuseTwins(ons: readonly NewDecided[]): void {
  const keys = ons.flatMap(({ input }) => numberKey(input) ?? []);
  if (new Set(keys).size < keys.length) throw requestErrors.concurrent_change();
}

type NumberedBy = Pick<Values, 'document_type' | 'document_number' | 'business_partner_id'>;

/** What tells bills apart; null without a number or a partner. */
function numberKey({ document_type, document_number, business_partner_id }: NumberedBy): string | null {
  if (document_number == null || business_partner_id == null) return null;
  return `${document_type} ${business_partner_id} ${document_number}`;
}
