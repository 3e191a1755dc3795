const NORWEGIAN = /^(?:NO)?(\d{9})(?:MVA)?$/i;

/**
 * An organisation number without the text around it (`NO 923 609 016 MVA`). Any other number, such as a foreign one,
 * only loses its blanks.
 */
export function plainRegistrationNumber(written: string): string {
  const plain = written.replace(/\s/g, '');
  return NORWEGIAN.exec(plain.replace(/[.-]/g, ''))?.[1] ?? plain;
}
