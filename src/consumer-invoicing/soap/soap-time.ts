/** The clock of the protocol: two hours ahead of UTC, summer and winter. */
const OFFSET_MS = 2 * 3_600_000;

/** `YYYYMMDDHHMMSS` of a valid time; null for anything else. */
export function readSoapTime(text: string): Date | null {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second) - OFFSET_MS);
  // Years below 100 and days that do not exist are normalised to others.
  return writeSoapTime(time) === text ? time : null;
}

export function writeSoapTime(time: Date): string {
  return new Date(time.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace(/[-T:]/g, '');
}
