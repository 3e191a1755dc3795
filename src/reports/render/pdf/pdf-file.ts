/* eslint-disable no-underscore-dangle -- they are pdfkit's names */
import { createRequire } from 'node:module';
import { finished } from 'node:stream/promises';
import type PdfKit from 'pdfkit';
import { assert } from '../../../kernel/assert.ts';
import { Face, type EmbeddedFont } from './face.ts';
import { FileOutput } from './file-output.ts';
import { type ObjectWriter, type PdfReference, Raw } from './pdf-syntax.ts';
import { Sheet } from './sheet.ts';
import { StructureTree } from './structure-tree.ts';
import { type FileHead, metadataXml } from './metadata.ts';
import { PagePacker } from './page-packer.ts';

/** Undocumented parts of pdfkit 0.20; the version is pinned, and a test reads the output. */
interface Innards {
  ref(data?: unknown): PdfReference;
  font(file: string): void;
  _font: EmbeddedFont;
  _fontCount: number;
  _fontFamilies: Record<string, EmbeddedFont>;
  addPage(options: { size: [number, number]; margin: number }): void;
  page: EnginePage;
  _pageBuffer: EnginePage[];
  /** The place of the next byte in the file. */
  _offset: number;
  _write(data: string | Uint8Array): void;
  _refEnd(reference: PdfReference): void;
  outline: Bookmark;
  addNamedDestination(name: string, kind: 'XYZ', x: number, y: number, zoom: null): void;
  createStructParentTreeNextKey(): number;
  getStructTreeRoot(): PdfReference & { data: { K?: PdfReference[] } };
  getStructParentTree(): { add(key: number, value: Raw): void };
  file(content: Uint8Array, options: object): void;
  openImage(content: Uint8Array): EmbeddedImage;
  resume(): NodeJS.ReadableStream;
  appendXML(xml: string): void;
  _addInfo(): void;
  read(): Uint8Array | null;
  end(): void;
}

interface EnginePage {
  content: PdfReference & { buffer: Uint8Array[]; compress: boolean };
  fonts: Record<string, PdfReference>;
  xobjects: Record<string, PdfReference>;
  dictionary: PdfReference & { data: Record<string, unknown> };
  write(content: Uint8Array): void;
  end(): void;
}

/** An object, or a page whose content is being compressed. */
type Unwritten = { reference: PdfReference; syntax: string } | { page: EnginePage; content: Promise<Uint8Array> };

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

/**
 * A PDF/A file that is output in pieces as it grows, so that a long one is never entirely in memory. Its objects are
 * pdfkit's and ours, in the order in which they are written.
 */
export class PdfFile implements ObjectWriter {
  readonly regular: Face;
  readonly bold: Face;
  readonly tags: StructureTree;
  readonly #doc: Innards;
  readonly #pictures = new Map<string, PdfReference>();
  readonly #output = new FileOutput();
  /** From the first page on whose content is not compressed yet. */
  readonly #unwritten: Unwritten[] = [];
  readonly #packer = new PagePacker();
  #packing = 0;
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
    // From Node 26 on each call gives one of the pieces that were written.
    for (let piece = this.#doc.read(); piece !== null; piece = this.#doc.read()) this.#output.bytes(piece);
    this.#doc._write = (data) => this.#put(data);
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

  #put(data: string | Uint8Array): void {
    if (typeof data === 'string') this.#output.text(`${data}\n`);
    else this.#output.bytes(data);
    this.#doc._offset += typeof data === 'string' ? data.length + 1 : data.length;
  }

  write(reference: PdfReference, syntax: string): void {
    if (this.#unwritten.length > 0) this.#unwritten.push({ reference, syntax });
    else this.#writeObject(reference, syntax);
  }

  #writeObject(reference: PdfReference, syntax: string): void {
    reference.offset = this.#doc._offset;
    this.#put(`${reference.id} 0 obj\n${syntax}\nendobj`);
    this.#doc._refEnd(reference);
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
    const page = this.#drawnPage();
    if (!page) return;
    assert(this.#unwritten.length === 0, 'a page is written after those before it');
    page.end();
  }

  /** The same, but its content is compressed on another thread while the next page is drawn. */
  endPageAside(): void {
    const page = this.#drawnPage();
    if (!page) return;
    const content = this.#packer.pack(Buffer.concat(page.content.buffer));
    // Whoever gives the file up awaits none of them.
    content.catch(() => {});
    this.#unwritten.push({ page, content });
    this.#packing += 1;
  }

  /** Writes what is compressed; waits until at most `most` pages are not. */
  async writePages(most: number): Promise<void> {
    while (this.#unwritten.length > 0) {
      const next = this.#unwritten[0]!;
      if ('syntax' in next) this.#writeObject(next.reference, next.syntax);
      else {
        if (this.#packing <= most) return;
        const { content } = next.page;
        content.buffer = [await next.content];
        content.compress = false;
        next.page.end();
        this.#packing -= 1;
      }
      this.#unwritten.shift();
    }
  }

  /** The open page with all its content; null if none is open. */
  #drawnPage(): EnginePage | null {
    const sheet = this.#open;
    if (!sheet) return null;
    const { page } = this.#doc;
    page.write(Buffer.from(`${sheet.content()}\n`, 'latin1'));
    if (sheet.annotations.length > 0) page.dictionary.data['Annots'] = new Raw(`[${sheet.annotations.join(' ')}]`);
    if (this.tags.enabled) {
      const key = this.parentKey(new Raw(`[${sheet.owners.join(' ')}]`));
      page.dictionary.data['StructParents'] = key;
    }
    // Otherwise pdfkit ends it when the next one begins.
    this.#doc._pageBuffer = [];
    this.#open = null;
    return page;
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
    await finished(this.#doc.resume());
    yield this.take();
  }

  /** The output since the last call. */
  take(): Uint8Array {
    return this.#output.take();
  }

  end(): void {
    this.endPage();
    this.tags.end();
    assert(this.#unwritten.length === 0, 'all pages are written before the end');
    this.#doc.end();
  }
}
