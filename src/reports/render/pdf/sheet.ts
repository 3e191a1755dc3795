import type { Face } from './face.ts';
import { type ObjectWriter, Raw } from './pdf-syntax.ts';
import type { StructureElement, StructureTree } from './structure-tree.ts';

/** Grey as in PDF: 0 black, 1 white; or red, green, blue. */
export type Ink = number | readonly [number, number, number];

export const INK = 0.08;
export const QUIET = 0.36;
export const WARNING: Ink = [0.55, 0.22, 0];

interface Rule {
  x1: number;
  x2: number;
  y: number;
  thickness: number;
  grey: number;
}

const round = (value: number) => String(Math.round(value * 100) / 100);

/** A page being drawn. Points from the top left corner. */
export class Sheet {
  readonly width: number;
  readonly height: number;
  readonly pageId: number;
  readonly annotations: string[] = [];
  /** Structure elements that own the marked content, by its number. */
  readonly owners: string[] = [];
  readonly #file: ObjectWriter;
  readonly #tags: StructureTree;
  readonly #content: string[] = [];
  readonly #rules: Rule[] = [];
  #font = '';
  #ink: Ink | null = null;

  constructor(file: ObjectWriter, tags: StructureTree, width: number, height: number, pageId: number) {
    this.#file = file;
    this.#tags = tags;
    this.width = width;
    this.height = height;
    this.pageId = pageId;
    // Reverts the inverted axis that pdfkit begins a page with.
    this.#content.push(`1 0 0 -1 0 ${round(height)} cm`);
  }

  /** A line of printable text; y is the base line. */
  text(face: Face, size: number, x: number, y: number, text: string, ink: Ink = INK): void {
    this.glyphs(face, size, x, y, face.encode(text), ink);
  }

  textRight(face: Face, size: number, right: number, y: number, text: string, ink: Ink = INK): void {
    this.text(face, size, right - (face.width(text) * size) / 1000, y, text, ink);
  }

  figuresRight(face: Face, size: number, right: number, y: number, figures: string, ink: Ink = INK): void {
    const x = right - (face.figuresWidth(figures) * size) / 1000;
    this.glyphs(face, size, x, y, face.encodeFigures(figures), ink);
  }

  glyphs(face: Face, size: number, x: number, y: number, operand: string, ink: Ink): void {
    this.#use(face, size, ink);
    this.#content.push(`BT ${round(x)} ${round(this.height - y)} Td ${operand} TJ ET`);
  }

  /** Text along the page's rising diagonal, centred. */
  diagonal(face: Face, size: number, text: string, ink: Ink): void {
    const angle = Math.atan2(this.height, this.width);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [along, below] = [(face.width(text) * size) / 2000, size / 3];
    const x = this.width / 2 - along * cos + below * sin;
    const y = this.height / 2 - along * sin - below * cos;
    this.#use(face, size, ink);
    const matrix = [cos, sin, -sin, cos].map((value) => value.toFixed(4)).join(' ');
    this.#content.push(`BT ${matrix} ${round(x)} ${round(y)} Tm ${face.encode(text)} TJ ET`);
  }

  rule(x1: number, x2: number, y: number, thickness: number, grey: number): void {
    this.#rules.push({ x1, x2, y, thickness, grey });
  }

  band(x: number, y: number, width: number, height: number, grey: number): void {
    this.artifact(() => {
      this.#fill(grey);
      this.#content.push([x, this.height - y - height, width, height].map(round).join(' ') + ' re f');
    });
  }

  /** A picture that the page has under its label; y is its upper edge. */
  picture(label: string, x: number, y: number, width: number, height: number): void {
    const place = [width, 0, 0, height, x, this.height - y - height].map(round).join(' ');
    this.artifact(() => this.#content.push(`q ${place} cm /${label} Do Q`));
  }

  #use(face: Face, size: number, ink: Ink): void {
    const font = `/${face.id} ${round(size)} Tf`;
    if (font !== this.#font) this.#content.push((this.#font = font));
    this.#fill(ink);
  }

  #fill(ink: Ink): void {
    if (ink === this.#ink) return;
    this.#ink = ink;
    this.#content.push(typeof ink === 'number' ? `${ink} g` : `${ink.join(' ')} rg`);
  }

  /** Content outside the text: lines, repeated heads, page numbers. */
  artifact(draw: () => void, kind?: 'Header' | 'Footer' | 'Watermark'): void {
    if (!this.#tags.enabled) return draw();
    this.#content.push(kind ? `/Artifact <</Type/Pagination/Subtype/${kind}>> BDC` : '/Artifact BMC');
    draw();
    this.#content.push('EMC');
  }

  /** Draws the content of a structure element. */
  within(element: StructureElement, draw: () => void): void {
    if (!this.#tags.enabled) return draw();
    const id = this.owners.length;
    this.owners.push(`${element.reference.id} 0 R`);
    this.#tags.own(element, this.pageId, id);
    this.#content.push(`/${element.type} <</MCID ${id}>> BDC`);
    draw();
    this.#content.push('EMC');
  }

  /** A link over a rectangle; `target` is a URI, or `#name` for a destination in the file. */
  link(x: number, y: number, width: number, height: number, target: string, element: StructureElement): void {
    const file = this.#file;
    const rectangle = [x, this.height - y - height, x + width, this.height - y].map(round).join(' ');
    const action = target.startsWith('#')
      ? `/Dest (${target.slice(1)})`
      : `/A <</S/URI/URI (${target.replace(/[\\()]/g, '\\$&')})>>`;
    const annotation = file.reference();
    const own = this.#tags.enabled ? `/StructParent ${file.parentKey(new Raw(`${element.reference.id} 0 R`))}` : '';
    file.write(annotation, `<</Type/Annot/Subtype/Link/F 4/Border [0 0 0]/Rect [${rectangle}] ${action} ${own}>>`);
    this.#tags.ownAnnotation(element, this.pageId, annotation);
    this.annotations.push(`${annotation.id} 0 R`);
  }

  content(): string {
    this.#drawRules();
    return this.#content.join('\n');
  }

  /** Draws all lines of one sort in one stroke. */
  #drawRules(): void {
    if (this.#rules.length === 0) return;
    const paths = new Map<string, string>();
    for (const { x1, x2, y, thickness, grey } of this.#rules) {
      const sort = `${grey} G ${round(thickness)} w`;
      const level = round(this.height - y);
      paths.set(sort, `${paths.get(sort) ?? ''} ${round(x1)} ${level} m ${round(x2)} ${level} l`);
    }
    this.artifact(() => {
      for (const [sort, path] of paths) this.#content.push(`${sort}${path} S`);
    });
    this.#rules.length = 0;
  }
}
