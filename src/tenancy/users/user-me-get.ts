import sql from 'sql-template-tag';
import { type Context, readOperation } from '../../platform/operation.ts';
import { meJson, type MeRow } from './user.ts';

export const getMe = readOperation({
  name: 'users.me',
  access: { kind: 'user', scope: 'read:profile' },
  run: async (context) => meJson(await loadMe(context)),
});

export function loadMe({ tx, caller }: Context): Promise<MeRow> {
  return tx.one<MeRow>(sql`
    select id, email, first_name, last_name, language, created_at, profile_image_url, last_login
    from users where id = ${caller.userId}`);
}
