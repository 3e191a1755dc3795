import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { closeSession } from './session.ts';

/** Ends the session of this secret. An unknown session is not an error. */
export const endSession = changesAccess(
  writeOperation({
    name: 'sessions.end',
    access: { kind: 'public' },
    async run({ tx, audit }, { secret }: { secret: string | undefined }) {
      if (secret) await closeSession(tx, secret);
      audit({ recordType: 'session', after: null });
      return null;
    },
  }),
);
