/** An element of a request, with the properties that arguments need. */
export interface SoapNode {
  /** Without its prefix. */
  name: string;
  /** Null if the prefix was not declared. */
  namespace: string | null;
  /** `xsi:nil`: present without a value. */
  nil: boolean;
  /** `id`: other elements may refer to it (SOAP 1.1, section 5.4.1). */
  id: string | null;
  /** `href`: the id of the element whose value this is. */
  href: string | null;
  /** For a header block: whether a receiver that does not support it has to refuse. */
  mustUnderstand: boolean;
  /** For a header block: its intended receiver. */
  actor: string | null;
  /** The text between its tags, without that of children. */
  text: string;
  children: SoapNode[];
}
