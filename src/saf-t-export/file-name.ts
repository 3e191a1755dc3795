const oslo = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo', dateStyle: 'short', timeStyle: 'medium' });

/**
 * `SAF-T Financial_999999999_20160401235911_1_12.xml`: organisation number, time in Norway, number and count
 * (documentation of SAF-T Financial). Without number and count for the ZIP of them all.
 */
export function safTFileName(registrationNumber: string, now: Date, part?: { number: number; of: number }): string {
  const name = `SAF-T Financial_${registrationNumber.replace(/[^0-9A-Za-z]/g, '')}_${oslo.format(now).replace(/\D/g, '')}`;
  return part ? `${name}_${part.number}_${part.of}.xml` : `${name}_1_1.zip`;
}
