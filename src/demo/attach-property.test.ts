import { expect, test } from 'vitest';
import { PROPERTIES } from '../../sandbox/skatteetaten/properties.ts';
import { BLOCK } from './attach-property.ts';
import { demoStory } from './story/story.ts';

test('the block of the demo’s cooperative is in the stand-in’s registry, owned by it', () => {
  const owner = demoStory('hovedbok', '2026-11-21').find(
    ({ organizationNumber }) => organizationNumber === BLOCK.organizationNumber,
  );
  expect(owner?.assets.map(({ name }) => name)).toContain(BLOCK.assetName);
  const property = PROPERTIES.find(({ id, cadastre }) => `${id}-${cadastre.join('/')}` === BLOCK.externalId);
  expect(Object.keys(property!.owners)).toEqual([BLOCK.organizationNumber]);
});
