import sql, { raw } from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import {
  AVTALEGIRO_AGREEMENT_COLUMNS,
  avtaleGiroAgreementJson,
  type AvtaleGiroAgreementRow,
} from './avtalegiro-agreement.ts';

/** No company has more accounts than it can sign agreements for. */
const MOST = 1_000;

export const listAvtaleGiroAgreements = readOperation({
  name: 'consumer_invoicing.avtalegiro.list',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, clientAccountId }) {
    const rows = await tx.rows<AvtaleGiroAgreementRow>(sql`
      select ${raw(AVTALEGIRO_AGREEMENT_COLUMNS)} from avtalegiro_agreements
      where client_account_id = ${clientAccountId} order by account_number limit ${MOST}`);
    return { data: rows.map(avtaleGiroAgreementJson) };
  },
});
