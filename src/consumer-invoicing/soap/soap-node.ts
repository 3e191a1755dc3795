/** An element of a request, as far as arguments need it. */
export interface SoapNode {
  /** Without its prefix. */
  name: string;
  /** Null where the prefix was not declared. */
  namespace: string | null;
  /** `xsi:nil`: there, and nothing. */
  nil: boolean;
  /** `id`: others may refer to it (SOAP 1.1, section 5.4.1). */
  id: string | null;
  /** `href`: the id of the element whose value this is. */
  href: string | null;
  /** For a header block: whether a receiver that does not know it has to refuse. */
  mustUnderstand: boolean;
  /** For a header block: whom it is meant for. */
  actor: string | null;
  /** What stands between its tags, children left out. */
  text: string;
  children: SoapNode[];
}
