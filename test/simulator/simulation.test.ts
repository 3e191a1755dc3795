import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDimensionValue, addPartner, openBooks } from '../support/books/books.ts';
import { Simulation } from './simulation.ts';
import { histories } from './steps.ts';

/** A longer search by hand: `SIMULATOR_SEED=7 SIMULATOR_RUNS=500 npx vitest run test/simulator`. */
const SEED = Number(process.env.SIMULATOR_SEED ?? 1814);
const RUNS = Number(process.env.SIMULATOR_RUNS ?? 15);

test(
  'whatever is asked of the books, in whatever order and at once, they are what a page of paper would hold',
  { timeout: 240_000 },
  async () => {
    const sum = { entries: 0, writes: 0 };
    const result = await fc.check(
      fc.asyncProperty(histories, async (history) => {
        const books = await openBooks();
        const simulation = new Simulation(books, {
          partner: await addPartner(books),
          departments: [await addDimensionValue(books, 'department'), await addDimensionValue(books, 'department')],
          projects: [
            await addDimensionValue(books, 'project'),
            await addDimensionValue(books, 'project'),
            await addDimensionValue(books, 'project'),
          ],
        });
        for (const group of history) await simulation.play(group);
        const { entries, writes } = await simulation.settle();
        sum.entries += entries;
        sum.writes += writes;
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
    // The whole history is too long to print; seed and path reproduce it.
    if (result.failed)
      throw new Error(`seed ${SEED}, path ${result.counterexamplePath}`, { cause: result.errorInstance });
    expect(sum.entries).toBeGreaterThan(RUNS * 5);
  },
);
