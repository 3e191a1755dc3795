import { expect, test } from 'vitest';
import { addDimensionValue, addPartner, credit, debit, openBooks } from '../../test/support/books.ts';
import { exportOf, indented, schemaFaults } from '../../test/support/saf-t-export.ts';

test('a first file', async () => {
  const books = await openBooks({ name: 'Fjord & Fjell AS', organizationNumber: '974760673' });
  const partner = await addPartner(books, 'Kunde <AS>');
  const department = await addDimensionValue(books, 'department', 'Øst');
  await books.post(
    '2025-02-10',
    [
      debit('1500', 1250, { business_partner_id: partner, due_date: '2025-03-01', payment_reference: '12345674' }),
      credit('3000', 1000, {
        tax_code: '3',
        dimensions: [{ type: 'department', id: department }],
        business_partner_id: partner,
      }),
    ],
    { memo: 'Faktura & co', series: 'UTG', document_reference: 'F-1' },
  );
  const xml = await exportOf(books.platform.database, books.clientAccountId, { from: '2025-01-01', to: '2025-12-31' });
  console.log(
    indented(xml)
      .slice(0, 200_000)
      .replace(/<TaxCodeDetails>[\s\S]*<\/TaxCodeDetails>/, ''),
  );
  expect(schemaFaults(xml)).toBe('');
});
