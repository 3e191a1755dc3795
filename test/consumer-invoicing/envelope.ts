export type SoapArgs = Record<string, string | null | Record<string, string | null>>;

/** A query of consumers that asks for all. */
export const EMPTY_QUERY = {
  name: null,
  phone: null,
  email: null,
  state: null,
  reference_nr: null,
  customer_nr: null,
  timestamp: null,
};

/** A call as PHP writes it. */
export function envelope(operation: string, args: SoapArgs): string {
  const element = (name: string, value: SoapArgs[string]): string => {
    if (value === null) return `<${name} xsi:nil="true"/>`;
    if (typeof value === 'string') return `<${name} xsi:type="xsd:string">${escaped(value)}</${name}>`;
    return `<${name}>${Object.entries(value)
      .map(([member, one]) => element(member, one))
      .join('')}</${name}>`;
  };
  const body = Object.entries(args)
    .map(([name, value]) => element(name, value))
    .join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="urn:x" xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<e:Body><m:${operation}>${body}</m:${operation}></e:Body></e:Envelope>`
  );
}

export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
