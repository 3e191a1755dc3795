import type { Language, Text } from '../../../platform/errors.ts';
import { dateInNorway } from '../../../kernel/local-date.ts';
import { BOX, dateText, type FormSection, organizationNumberText, type PdfForm } from '../../../reports/index.ts';
import type { ConnectedAccount } from '../bank-connection.ts';
import { PROVIDER_NAMES } from '../bank-directory.ts';
import type { AgreementData } from './form-data.ts';
import { TEXTS } from './form-texts.ts';

/** The agreement as a form: known data filled in, the rest to be completed by hand and signed. */
export function agreementForm(data: AgreementData, { language, now }: { language: Language; now: Date }): PdfForm {
  const say = (text: Text) => text[language];
  const { bank, customer } = data;
  return {
    language,
    title: say(TEXTS.title),
    lead: say(TEXTS.lead).replace('{bank}', () => bank.name),
    facts: [
      { label: 'BIC', text: bank.bic },
      { label: say(TEXTS.filled), text: dateText(dateInNorway(now), language) },
    ],
    author: customer.name,
    createdAt: now,
    foot: `${say(TEXTS.version)} \u00b7 ${customer.name}`,
    sections: [
      customerSection(data, say),
      supplierSection(data, say),
      accountsSection(data, say),
      outgoingSection(say),
      incomingSection(data.accounts, say),
      { title: say(TEXTS.terms), parts: [{ kind: 'text', text: say(TEXTS.termsText) }] },
      signatureSection(data, say),
    ],
  };
}

type Say = (text: Text) => string;

function customerSection({ customer, contact }: AgreementData, say: Say): FormSection {
  return {
    title: say(TEXTS.customer),
    parts: [
      {
        kind: 'fields',
        fields: [
          { label: say(TEXTS.company), text: customer.name },
          {
            label: say(TEXTS.number),
            text: customer.organizationNumber && organizationNumberText(customer.organizationNumber),
          },
          { label: say(TEXTS.address), text: customer.address },
          { label: say(TEXTS.contact), text: contact.name || null },
          { label: say(TEXTS.email), text: contact.email },
          { label: say(TEXTS.phone), text: customer.phone },
        ],
      },
    ],
  };
}

/** Banks usually identify the agreement by the customer's organisation number. */
function supplierSection({ supplier, provider, customer }: AgreementData, say: Say): FormSection {
  return {
    title: say(TEXTS.supplier),
    parts: [
      {
        kind: 'fields',
        fields: [
          { label: say(TEXTS.system), text: supplier.name },
          {
            label: say(TEXTS.supplierNumber),
            text: supplier.organizationNumber && organizationNumberText(supplier.organizationNumber),
          },
          { label: say(TEXTS.carrier), text: PROVIDER_NAMES[provider] },
          { label: say(TEXTS.agreementId), text: customer.organizationNumber },
          { label: say(TEXTS.dataReceiver), text: supplier.dataReceiverId },
        ],
      },
    ],
  };
}

function accountsSection({ bank, accounts, config }: AgreementData, say: Say): FormSection {
  return {
    title: say(TEXTS.accounts).replace('{bank}', () => bank.name),
    parts: [
      {
        kind: 'table',
        columns: [say(TEXTS.accountNumber), 'IBAN', say(TEXTS.currency), say(TEXTS.use)],
        shares: [3, 4.4, 1.6, 4],
        rows: accounts.map((account) => [
          accountNumberText(account),
          account.iban?.replace(/(.{4})(?=.)/g, '$1 ') ?? '\u2013',
          account.currency_code,
          say(TEXTS.uses[account.type]),
        ]),
      },
      ...(bank.bic === 'DNBANOKK'
        ? [
            {
              kind: 'fields' as const,
              fields: [
                { label: say(TEXTS.divisionNumber), text: config.division_number ?? null },
                { label: say(TEXTS.divisionName), text: config.division_name ?? null },
              ],
            },
          ]
        : []),
    ],
  };
}

/** Statements are the purpose of the integration; the customer decides about payments. */
function outgoingSection(say: Say): FormSection {
  return {
    title: say(TEXTS.outgoing),
    parts: [
      {
        kind: 'choices',
        choices: [
          { text: say(TEXTS.statements), ticked: true },
          { text: say(TEXTS.notifications), ticked: true },
          { text: say(TEXTS.payments), ticked: false },
        ],
      },
      {
        kind: 'choices',
        choices: [
          { text: say(TEXTS.approvedAgain), ticked: false },
          { text: say(TEXTS.approvedHere), ticked: false },
        ],
      },
    ],
  };
}

function incomingSection(accounts: readonly ConnectedAccount[], say: Say): FormSection {
  return {
    title: say(TEXTS.incoming),
    parts: [
      {
        kind: 'table',
        columns: [
          say(TEXTS.accountNumber),
          say(TEXTS.ocr),
          say(TEXTS.kidLength),
          say(TEXTS.modulus),
          say(TEXTS.withoutKid),
          'AvtaleGiro',
        ],
        shares: [3, 2.2, 2, 3, 2.6, 1.6],
        rows: accounts.map((account) => [accountNumberText(account), BOX, '', `${BOX} 10    ${BOX} 11`, BOX, BOX]),
      },
    ],
  };
}

function signatureSection({ bank }: AgreementData, say: Say): FormSection {
  const lines = [say(TEXTS.placeAndDate), say(TEXTS.signature), say(TEXTS.nameInCapitals)];
  return {
    title: say(TEXTS.signatures),
    parts: [
      {
        kind: 'signatures',
        signers: [
          { heading: say(TEXTS.forCustomer), lines },
          { heading: say(TEXTS.jointly), lines },
          { heading: say(TEXTS.forBank).replace('{bank}', () => bank.name), lines },
        ],
      },
    ],
  };
}

/** `1503 40 11238` */
function accountNumberText({ bban, iban }: ConnectedAccount): string {
  return bban?.replace(/^(\d{4})(\d{2})(\d{5})$/, '$1 $2 $3') ?? iban ?? '';
}
