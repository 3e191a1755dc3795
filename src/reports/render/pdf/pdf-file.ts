/* eslint-disable no-underscore-dangle -- they are pdfkit's names */
import { createRequire } from 'node:module';
import type PdfKit from 'pdfkit';
import { Face, type EmbeddedFont } from './face.ts';
import { type ObjectWriter, type PdfReference, Raw } from './pdf-syntax.ts';
import { Sheet } from './sheet.ts';
import { StructureTree } from './structure-tree.ts';
import { type FileHead, metadataXml } from './metadata.ts';

/** Undocumented parts of pdfkit 0.20; the version is pinned, and a test reads the output. */
interface Innards {
  ref(data?: unknown): PdfReference;
  font(file: string): void;
  _font: EmbeddedFont;
  _fontCount: number;
  _fontFamilies: Record<string, EmbeddedFont>;
  addPage(options: { size: [number, number]; margin: number }): void;
  flushPages(): void;
  page: {
    write(content: string): void;
    fonts: Record<string, PdfReference>;
    xobjects: Record<string, PdfReference>;
    dictionary: PdfReference & { data: Record<string, unknown> };
  };
  outline: Bookmark;
  addNamedDestination(name: string, kind: 'XYZ', x: number, y: number, zoom: null): void;
  createStructParentTreeNextKey(): number;
  getStructTreeRoot(): PdfReference & { data: { K?: PdfReference[] } };
  getStructParentTree(): { add(key: number, value: Raw): void };
  file(content: Uint8Array, options: object): void;
  openImage(content: Uint8Array): EmbeddedImage;
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>;
  appendXML(xml: string): void;
  _addInfo(): void;
  read(): Uint8Array | null;
  end(): void;
}

interface EmbeddedImage {
  label: string;
  width: number;
  height: number;
  obj: PdfReference | null;
  embed(document: Innards): void;
}

/** A file within the file. */
export interface AttachedFile {
  name: string;
  type: string;
  description: string;
  content: Uint8Array;
  modifiedAt: Date;
  /** Its relationship to the document (ISO 19005-3, 6.8): an alternative form, or a supplement. */
  relationship: 'Alternative' | 'Supplement';
}

/** A picture that pages can show; width and height in its own pixels. */
export interface Picture {
  label: string;
  width: number;
  height: number;
}

export interface Bookmark {
  options: { expanded?: boolean };
  children: Bookmark[];
  outlineData: { Count?: number };
  addItem(title: string, options: { fit: boolean; top: number; left: number; expanded: boolean }): Bookmark;
}

type EmbeddedFontClass = new (document: Innards, font: EmbeddedFont['font'], id: string) => EmbeddedFont;

/**
 * Reading a font file takes longer than rendering a page, and the result is the same for every document, so it is
 * cached.
 */
const readFonts = new Map<string, { Embedded: EmbeddedFontClass; font: EmbeddedFont['font'] }>();

const ownRequire = createRequire(import.meta.url);
const fontFile = ownRequire.resolve;
/** Loaded with the first PDF: with its fonts it takes several megabytes, and most threads render none. */
const loadPdfKit = () => ownRequire('pdfkit') as typeof PdfKit;
const PRODUCER = 'Hovedbok (PDFKit)';

/** A PDF/A file that is output in pieces as it grows, so that a long one is never entirely in memory. */
export class PdfFile implements ObjectWriter {
  readonly regular: Face;
  readonly bold: Face;
  readonly tags: StructureTree;
  readonly #doc: Innards;
  readonly #pictures = new Map<string, PdfReference>();
  #open: Sheet | null = null;

  constructor(head: FileHead) {
    const Document = loadPdfKit();
    const document = new Document({
      pdfVersion: '1.7',
      subset: `PDF/A-${head.holdsFiles ? 3 : 2}${head.tagged ? 'a' : 'b'}`,
      tagged: head.tagged,
      lang: head.language === 'nb' ? 'nb-NO' : 'en',
      displayTitle: true,
      autoFirstPage: false,
      font: null,
      info: {
        Title: head.title,
        Author: head.author,
        Subject: head.subject,
        Creator: 'Hovedbok',
        Producer: PRODUCER,
        CreationDate: head.createdAt,
        ModDate: head.createdAt,
      },
    } as unknown as PDFKit.PDFDocumentOptions);
    this.#doc = document as unknown as Innards;
    // pdfkit's own method does not escape its argument.
    this.#doc._addInfo = () => this.#doc.appendXML(metadataXml(head, PRODUCER));
    this.#doc.outline.options.expanded = true;
    this.regular = this.#face('400Regular');
    this.bold = this.#face('600SemiBold');
    this.tags = new StructureTree(this, head.tagged);
  }

  #face(weight: string): Face {
    const name = `@expo-google-fonts/source-sans-3/${weight}/SourceSans3_${weight}.ttf`;
    const read = readFonts.get(name);
    if (!read) {
      this.#doc.font(fontFile(name));
      const { constructor, font } = this.#doc._font;
      readFonts.set(name, { Embedded: constructor as EmbeddedFontClass, font });
      return new Face(this.#doc._font);
    }
    const face = new read.Embedded(this.#doc, read.font, `F${++this.#doc._fontCount}`);
    this.#doc._fontFamilies[fontFile(name)] = face;
    this.#doc._fontFamilies[face.name] = face;
    return new Face(face);
  }

  reference(): PdfReference {
    return this.#doc.ref();
  }

  write(reference: PdfReference, syntax: string): void {
    reference.data = new Raw(syntax);
    reference.end();
    reference.data = null;
  }

  startPage(width: number, height: number): Sheet {
    this.endPage();
    this.#doc.addPage({ size: [width, height], margin: 0 });
    const { page } = this.#doc;
    for (const { id, reference } of [this.regular, this.bold]) page.fonts[id] = reference();
    this.#open = new Sheet(this, this.tags, width, height, page.dictionary.id);
    return this.#open;
  }

  endPage(): void {
    const sheet = this.#open;
    if (!sheet) return;
    const { page } = this.#doc;
    page.write(sheet.content());
    if (sheet.annotations.length > 0) page.dictionary.data['Annots'] = new Raw(`[${sheet.annotations.join(' ')}]`);
    if (this.tags.enabled) {
      const key = this.parentKey(new Raw(`[${sheet.owners.join(' ')}]`));
      page.dictionary.data['StructParents'] = key;
    }
    this.#doc.flushPages();
    this.#open = null;
  }

  parentKey(owners: Raw): number {
    const key = this.#doc.createStructParentTreeNextKey();
    this.#doc.getStructParentTree().add(key, owners);
    return key;
  }

  structureRoot(): PdfReference & { data: { K?: PdfReference[] } } {
    return this.#doc.getStructTreeRoot();
  }

  /** A place on the open page that links can lead to. */
  destination(name: string, top: number): void {
    this.#doc.addNamedDestination(name, 'XYZ', 0, top, null);
  }

  /** A bookmark to a place on the open page, below `parent` or outermost. */
  bookmark(title: string, top: number, parent: Bookmark | null): Bookmark {
    // pdfkit measures `left` from the right edge.
    const left = this.#open!.width;
    const bookmark = (parent ?? this.#doc.outline).addItem(title, { fit: false, top, left, expanded: false });
    // Collapsed, with its number of children; pdfkit counts only below expanded ones.
    if (parent) parent.outlineData.Count = -parent.children.length;
    return bookmark;
  }

  /** Only in a file whose metadata declare PDF/A-3. */
  attach({ name, type, description, content, modifiedAt, relationship }: AttachedFile): void {
    this.#doc.file(content, {
      name,
      type,
      description,
      modifiedDate: modifiedAt,
      creationDate: modifiedAt,
      relationship,
    });
  }

  /** Reads a PNG or JPEG. Throws for anything else. */
  picture(content: Uint8Array): Picture {
    const image = this.#doc.openImage(content);
    image.embed(this.#doc);
    this.#pictures.set(image.label, image.obj!);
    return image;
  }

  /** Draws a picture on the open page; y is its upper edge. */
  showPicture(sheet: Sheet, { label }: Picture, x: number, y: number, width: number, height: number): void {
    this.#doc.page.xobjects[label] = this.#pictures.get(label)!;
    sheet.picture(label, x, y, width, height);
  }

  /** The remaining output when everything is drawn; parts of it come late if a picture has to be unpacked. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#doc) yield piece;
  }

  /** The output since the last call. Node decides how much one `read` returns. */
  take(): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let piece; (piece = this.#doc.read()) !== null;) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  end(): void {
    this.endPage();
    this.tags.end();
    this.#doc.end();
  }
}
