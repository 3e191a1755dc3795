import sql from 'sql-template-tag';
import { attachProperty } from '../assets/index.ts';
import { yearOf } from '../kernel/local-date.ts';
import type { Platform } from '../platform/operation.ts';
import { actor } from './actor.ts';
import { findPeople } from './demo-people.ts';

/** The housing cooperative's block, as in the stand-in of Skatteetaten's registry. */
export const BLOCK = {
  organizationNumber: '317383231',
  assetName: 'Boligblokk med tomt',
  externalId: '4600201-97/212/0/0',
};

/** Links an asset of the demo to a property. Only where Skatteetaten is a stand-in: the demo's companies are invented. */
export async function attachDemoProperty(platform: Platform): Promise<void> {
  const people = await findPeople(platform);
  const accountant = await actor(platform, people?.users.get('accountant'));
  const clientAccount = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.maybe<{ id: number }>(
      sql`select id from client_accounts where organization_number = ${BLOCK.organizationNumber} order by id limit 1`,
    ),
  );
  if (!people || !clientAccount) return;
  const block = await platform.database.transaction({ clientAccounts: [clientAccount.id], mode: 'read' }, (tx) =>
    tx.maybe<{ id: number }>(sql`
      select id from dimension_values
      where client_account_id = ${clientAccount.id} and dimension_type = 'asset' and name = ${BLOCK.assetName}`),
  );
  if (!block) return;
  await accountant.run(attachProperty, clientAccount.id, 'property of the block', {
    id: block.id,
    externalId: BLOCK.externalId,
    taxYear: yearOf(people.today) - 1,
  });
}
