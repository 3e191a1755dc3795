import { XmlError } from '../../../platform/xml/xml-stream.ts';
import { readXmlTree, type XmlElement } from '../../../platform/xml/xml-tree.ts';

/** The XML of an answer; throws `broken()` if it is none. */
export function answerTree(body: Uint8Array, broken: () => Error): XmlElement {
  try {
    return readXmlTree(body);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw broken();
  }
}
