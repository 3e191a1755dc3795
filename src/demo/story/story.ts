import type { LocalDate } from '../../kernel/local-date.ts';
import type { StoryCompany } from './company.ts';
import { housingCooperative } from './housing-cooperative.ts';
import { organizationNumber } from './identities.ts';
import { Random } from './random.ts';
import { soleProprietor } from './sole-proprietor.ts';
import { workshop } from './workshop/workshop.ts';

export const FIRM = { name: 'Toskrift Regnskap AS', organizationNumber: organizationNumber('Toskrift Regnskap AS') };

/**
 * The books of an accounting firm's three clients on a day: two full years and the current one of a company, a year and
 * the current one of a sole proprietor and of a housing cooperative. The same seed and day give the same story.
 */
export function demoStory(seed: string, today: LocalDate): StoryCompany[] {
  const random = new Random(seed);
  return [
    workshop(random.stream('workshop'), today),
    soleProprietor(random.stream('sole-proprietor'), today),
    housingCooperative(random.stream('housing-cooperative'), today),
  ];
}
