/**
 * Work of one transaction whose statements share round trips. Waits for all of it before the first failure, in the order
 * given, is thrown: none may go on after its transaction has ended.
 */
export async function sideBySide<const W extends readonly (() => Promise<unknown>)[]>(
  ...work: W
): Promise<{ [K in keyof W]: Awaited<ReturnType<W[K]>> }> {
  const ends = await Promise.allSettled(work.map((each) => each()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as never;
}
