import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dateInNorway } from '../../kernel/local-date.ts';
import { packageRoot } from '../../platform/package-root.ts';
import { companyXml } from './company-xml.ts';
import type { SafTBooks } from '../books/read-books.ts';
import { group, LIMIT, plain, textElement } from './xml-text.ts';

export const NAMESPACE = 'urn:StandardAuditFile-Taxation-Financial:NO';
const SOFTWARE = 'Hovedbok';

let version: string | undefined;

function softwareVersion(): string {
  version ??= (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
  return version;
}

/** The beginning of every file of the set. */
export function headerXml({ subject, company, accountCodes }: SafTBooks): string {
  const { range, asOf } = subject;
  const comment = asOf ? `Regnskapet slik det var kjent ${asOf.toISOString()}` : null;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<AuditFile xmlns="${NAMESPACE}">\n${group(
    'Header',
    plain('AuditFileVersion', subject.version) +
      plain('AuditFileCountry', 'NO') +
      plain('AuditFileDateCreated', dateInNorway(subject.now)) +
      textElement('SoftwareCompanyName', SOFTWARE, LIMIT.mid2) +
      textElement('SoftwareID', SOFTWARE, LIMIT.long) +
      textElement('SoftwareVersion', softwareVersion(), LIMIT.short) +
      group('Company', companyXml(company, accountCodes)) +
      plain('DefaultCurrencyCode', company.currency) +
      group('SelectionCriteria', plain('SelectionStartDate', range.from) + plain('SelectionEndDate', range.to)) +
      textElement('HeaderComment', comment, LIMIT.long) +
      plain('TaxAccountingBasis', 'A') +
      textElement('UserID', subject.userName, LIMIT.long),
  )}\n`;
}

export const FILE_END = '</AuditFile>\n';
