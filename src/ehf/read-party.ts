import {
  type Address,
  type Attachment,
  type Delivery,
  NO_PARTY,
  type Party,
  type Payee,
  type PaymentMeans,
  type TaxRepresentative,
} from './invoice.ts';
import type { NodeReader } from './node-reader.ts';
import type { XmlNode } from './xml-node.ts';

export function readParty(from: NodeReader, node: XmlNode | null): Party {
  if (node === null) return NO_PARTY;
  const contact = from.child(node, 'cac:Contact');
  return {
    endpoint: from.identifier(node, 'cbc:EndpointID'),
    identifiers: from
      .children(node, 'cac:PartyIdentification')
      .flatMap((each) => from.identifier(each, 'cbc:ID') ?? []),
    name: from.text(node, 'cac:PartyName', 'cbc:Name'),
    address: readAddress(from, from.child(node, 'cac:PostalAddress')),
    vatId: taxIdentifier(from, node, true),
    taxRegistration: taxIdentifier(from, node, false),
    legalName: from.text(node, 'cac:PartyLegalEntity', 'cbc:RegistrationName'),
    legalId: from.identifier(node, 'cac:PartyLegalEntity', 'cbc:CompanyID'),
    legalForm: from.text(node, 'cac:PartyLegalEntity', 'cbc:CompanyLegalForm'),
    contact:
      contact === null
        ? null
        : {
            name: from.text(contact, 'cbc:Name'),
            telephone: from.text(contact, 'cbc:Telephone'),
            email: from.text(contact, 'cbc:ElectronicMail'),
          },
  };
}

function taxIdentifier(from: NodeReader, node: XmlNode, isVat: boolean): string | null {
  const schemes = from
    .children(node, 'cac:PartyTaxScheme')
    .filter((each) => (from.text(each, 'cac:TaxScheme', 'cbc:ID')?.toUpperCase() === 'VAT') === isVat);
  return from.text(schemes[0] ?? null, 'cbc:CompanyID');
}

function readAddress(from: NodeReader, node: XmlNode | null): Address | null {
  if (node === null) return null;
  return {
    street: from.text(node, 'cbc:StreetName'),
    additionalStreet: from.text(node, 'cbc:AdditionalStreetName'),
    line: from.text(node, 'cac:AddressLine', 'cbc:Line'),
    city: from.text(node, 'cbc:CityName'),
    postalCode: from.text(node, 'cbc:PostalZone'),
    subdivision: from.text(node, 'cbc:CountrySubentity'),
    country: from.text(node, 'cac:Country', 'cbc:IdentificationCode'),
  };
}

export function readPayee(from: NodeReader, node: XmlNode | null): Payee | null {
  if (node === null) return null;
  return {
    name: from.text(node, 'cac:PartyName', 'cbc:Name'),
    identifier: from.identifier(node, 'cac:PartyIdentification', 'cbc:ID'),
    legalId: from.identifier(node, 'cac:PartyLegalEntity', 'cbc:CompanyID'),
  };
}

export function readTaxRepresentative(from: NodeReader, node: XmlNode | null): TaxRepresentative | null {
  if (node === null) return null;
  return {
    name: from.text(node, 'cac:PartyName', 'cbc:Name'),
    address: readAddress(from, from.child(node, 'cac:PostalAddress')),
    vatId: taxIdentifier(from, node, true),
  };
}

export function readDelivery(from: NodeReader, node: XmlNode | null): Delivery | null {
  if (node === null) return null;
  const location = from.child(node, 'cac:DeliveryLocation');
  return {
    date: from.date(node, 'cbc:ActualDeliveryDate'),
    location: from.identifier(location, 'cbc:ID'),
    address: readAddress(from, from.child(location, 'cac:Address')),
    partyName: from.text(node, 'cac:DeliveryParty', 'cac:PartyName', 'cbc:Name'),
  };
}

export function readPaymentMeans(from: NodeReader, node: XmlNode): PaymentMeans {
  const account = from.child(node, 'cac:PayeeFinancialAccount');
  const mandate = from.child(node, 'cac:PaymentMandate');
  return {
    code: from.text(node, 'cbc:PaymentMeansCode'),
    reference: from.text(node, 'cbc:PaymentID'),
    account: from.text(account, 'cbc:ID'),
    accountName: from.text(account, 'cbc:Name'),
    bic: from.text(account, 'cac:FinancialInstitutionBranch', 'cbc:ID'),
    hasCard: from.child(node, 'cac:CardAccount') !== null,
    hasMandate: mandate !== null,
    mandateReference: from.text(mandate, 'cbc:ID'),
  };
}

export function readAttachment(from: NodeReader, node: XmlNode): Attachment {
  const attachment = from.child(node, 'cac:Attachment');
  const embedded = from.child(attachment, 'cbc:EmbeddedDocumentBinaryObject');
  return {
    id: from.text(node, 'cbc:ID'),
    description: from.text(node, 'cbc:DocumentDescription'),
    content: embedded === null ? null : embedded.text.replace(/\s+/g, '') || null,
    mimeType: embedded?.attributes['mimeCode'] ?? null,
    fileName: embedded?.attributes['filename'] ?? null,
    uri: from.text(attachment, 'cac:ExternalReference', 'cbc:URI'),
  };
}
