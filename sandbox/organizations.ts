/**
 * Whether it is the number of a synthetic organisation, as in test systems: nine digits, the first 2 or 3, the last one
 * MOD11. The stand-ins accept no others, so that no real organisation is ever queried.
 */
export function isSynthetic(number: string): boolean {
  if (!/^[23]\d{8}$/.test(number)) return false;
  const weights = [3, 2, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((left, weight, i) => left + weight * Number(number[i]), 0);
  return (11 - (sum % 11)) % 11 === Number(number[8]);
}
