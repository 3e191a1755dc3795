const MONTHS = 'januar februar mars april mai juni juli august september oktober november desember'.split(' ');

/** The Norwegian name of a month, 1 to 12. */
export function monthName(month: number): string {
  const name = MONTHS[month - 1];
  if (!name) throw new RangeError(`no month has the number ${month}`);
  return name;
}
