import { expect, test } from 'vitest';
import { attacked } from './support/attacked.ts';
import { newOwned, openWorld } from './support/world.ts';

test('a world holds a record of every kind', async () => {
  const { server, platform } = await attacked();
  const firm = await newOwned(server, platform.database, { isProvider: true });
  const world = await openWorld(server, platform.database, firm);
  for (const [kind, ids] of Object.entries(world.ids)) expect(ids, kind).not.toEqual([]);
});
