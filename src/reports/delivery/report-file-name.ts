import type { ReportHeader } from '../foundations/report-model.ts';

/** `saldobalanse_987654321_2025-01-01_2025-12-31.pdf`: sorts well and identifies its contents. */
export function reportFileName({ title, subject, from, to }: ReportHeader, extension: string): string {
  const name = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  return `${[name, subject.organizationNumber, from, to].filter((part) => part !== null).join('_')}.${extension}`;
}
