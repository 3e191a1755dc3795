import { type ObjectWriter, type PdfReference, Raw } from './pdf-syntax.ts';

/** An element of the document's structure (ISO 32000-1, 14.7.2), written when it is closed. */
export interface StructureElement {
  type: string;
  reference: PdfReference;
  parent: PdfReference;
  pageId: number | null;
  kids: string[];
  attributes: string;
}

/**
 * The document's logical structure: headings, tables with their rows and cells. Elements are written as soon as they
 * are closed, so that a long table is not in memory. When disabled, it accepts everything and writes nothing.
 */
export class StructureTree {
  readonly enabled: boolean;
  readonly document: StructureElement;
  readonly #file: ObjectWriter;

  constructor(file: ObjectWriter, enabled: boolean) {
    this.#file = file;
    this.enabled = enabled;
    this.document = { ...NOTHING, type: 'Document' };
    if (!enabled) return;
    const root = file.structureRoot();
    this.document = { ...this.document, reference: file.reference(), parent: root, kids: [] };
    root.data.K = [this.document.reference];
  }

  /** `attributes` in PDF syntax, such as `/Scope/Row` of the owner Table. */
  open(parent: StructureElement, type: string, attributes = ''): StructureElement {
    if (!this.enabled) return NOTHING;
    const reference = this.#file.reference();
    parent.kids.push(`${reference.id} 0 R`);
    return { type, reference, parent: parent.reference, pageId: null, kids: [], attributes };
  }

  own(element: StructureElement, pageId: number, contentId: number): void {
    element.pageId ??= pageId;
    element.kids.push(
      element.pageId === pageId ? String(contentId) : `<</Type/MCR/Pg ${pageId} 0 R/MCID ${contentId}>>`,
    );
  }

  ownAnnotation(element: StructureElement, pageId: number, annotation: PdfReference): void {
    if (this.enabled) element.kids.push(`<</Type/OBJR/Pg ${pageId} 0 R/Obj ${annotation.id} 0 R>>`);
  }

  close({ type, reference, parent, pageId, kids, attributes }: StructureElement): void {
    if (!this.enabled) return;
    const page = pageId === null ? '' : `/Pg ${pageId} 0 R`;
    const owner = attributes && `/A <</O/Table${attributes}>>`;
    const below = kids.length === 1 ? `/K ${kids[0]}` : kids.length > 1 ? `/K [${kids.join(' ')}]` : '';
    this.#file.write(reference, `<</Type/StructElem/S/${type}/P ${parent.id} 0 R${page}${owner}${below}>>`);
    kids.length = 0;
  }

  end(): void {
    this.close(this.document);
  }
}

const NO_REFERENCE: PdfReference = { id: 0, data: new Raw('null'), end() {} };
const NOTHING: StructureElement = {
  type: '',
  reference: NO_REFERENCE,
  parent: NO_REFERENCE,
  pageId: null,
  kids: [],
  attributes: '',
};
