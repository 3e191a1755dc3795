import type { LocalDate } from '../../../kernel/local-date.ts';

/** Kroner for a euro on a day: invented, between 11.3 and 12.0, with four decimals. */
export function euroRate(date: LocalDate): string {
  const day = Math.floor(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  const wave = (length: number, height: number) => {
    // A triangle wave in whole numbers: the same on every machine.
    const at = day % length;
    return Math.floor((height * Math.min(at, length - at) * 2) / length);
  };
  const rate = 113_000 + wave(411, 4_000) + wave(97, 1_800) + wave(23, 700) + ((day * 37) % 89);
  return `${String(rate).slice(0, 2)}.${String(rate).slice(2)}`;
}
