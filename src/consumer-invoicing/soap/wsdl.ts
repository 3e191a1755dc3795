import { SIGNATURES, SOAP_OPERATIONS, type SoapType, STRUCTS } from './soap-types.ts';
import { escaped } from './write-answer.ts';

/**
 * The description from which clients generate code: WSDL 1.1, rpc/encoded.
 *
 * @param namespace of the messages; @param endpoint address for calls.
 */
export function wsdl({ namespace, endpoint }: { namespace: string; endpoint: string }): string {
  const target = escaped(namespace);
  const body = `<soap:body use="encoded" namespace="${target}" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<definitions name="MaventaService" targetNamespace="${target}" xmlns="http://schemas.xmlsoap.org/wsdl/"`,
    ` xmlns:typens="${target}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"`,
    ' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
    ' xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">',
    `<types><xsd:schema targetNamespace="${target}">`,
    '<xsd:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>',
    ...Object.entries(STRUCTS).map(([name, members]) => structType(name, members)),
    ...arraysIn(Object.values(STRUCTS)).map(arrayType),
    '</xsd:schema></types>',
    ...SOAP_OPERATIONS.flatMap((name) => [
      `<message name="api-${name}">${parts(SIGNATURES[name].arguments)}</message>`,
      `<message name="api-${name}Response">${parts({ return: SIGNATURES[name].result })}</message>`,
    ]),
    '<portType name="MaventaApiPort">',
    ...SOAP_OPERATIONS.map(
      (name) =>
        `<operation name="${name}"><input message="typens:api-${name}"/><output message="typens:api-${name}Response"/></operation>`,
    ),
    '</portType>',
    '<binding name="MaventaApiBinding" type="typens:MaventaApiPort">',
    '<soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>',
    ...SOAP_OPERATIONS.map(
      (name) =>
        `<operation name="${name}"><soap:operation soapAction="/v1.1/api/${name}"/><input>${body}</input><output>${body}</output></operation>`,
    ),
    '</binding>',
    `<service name="MaventaService"><port name="MaventaApiPort" binding="typens:MaventaApiBinding"><soap:address location="${escaped(endpoint)}"/></port></service>`,
    '</definitions>',
  ];
  return `${lines.join('\n')}\n`;
}

function structType(name: string, members: Readonly<Record<string, SoapType>>): string {
  const elements = Object.entries(members).map(
    ([member, type]) => `<xsd:element name="${member}" type="${typeName(type)}" nillable="true"/>`,
  );
  return `<xsd:complexType name="${name}"><xsd:all>${elements.join('')}</xsd:all></xsd:complexType>`;
}

function arrayType(of: string): string {
  return (
    `<xsd:complexType name="${of}Array"><xsd:complexContent><xsd:restriction base="soapenc:Array">` +
    `<xsd:attribute ref="soapenc:arrayType" wsdl:arrayType="typens:${of}[]"/>` +
    '</xsd:restriction></xsd:complexContent></xsd:complexType>'
  );
}

function arraysIn(structs: readonly Readonly<Record<string, SoapType>>[]): string[] {
  const found = structs.flatMap((members) =>
    Object.values(members).flatMap((type) => (typeof type === 'object' && 'array' in type ? [type.array] : [])),
  );
  return [...new Set(found)];
}

function parts(of: Readonly<Record<string, SoapType>>): string {
  return Object.entries(of)
    .map(([name, type]) => `<part name="${name}" type="${typeName(type)}"/>`)
    .join('');
}

function typeName(type: SoapType): string {
  if (typeof type === 'string') return `xsd:${type}`;
  return 'struct' in type ? `typens:${type.struct}` : `typens:${type.array}Array`;
}
