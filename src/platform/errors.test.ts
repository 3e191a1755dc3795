import { expect, test } from 'vitest';
import { requestErrors } from './errors.ts';

test.each([
  [{ what: 'Journal entry' }, 'Bilaget finnes ikke', 'Journal entry not found'],
  [{ what: 'Account', id: '1234' }, 'Kontoen 1234 finnes ikke', 'Account 1234 not found'],
  [{ what: 'Bank transaction', id: 7 }, 'Banktransaksjonen 7 finnes ikke', 'Bank transaction 7 not found'],
  [{ address: 'GET /api/v2/nothing' }, 'Adressen GET /api/v2/nothing finnes ikke', 'GET /api/v2/nothing not found'],
] as const)('what is not there is told in a whole sentence: %j', (missing, nb, en) => {
  const error = requestErrors.not_found(missing);
  expect([error.sentence('nb'), error.sentence('en')]).toEqual([nb, en]);
});
