import type { ReportHeader } from '../../foundations/report-model.ts';
import { xmlText } from './sheet-text.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const TYPE = 'application/vnd.openxmlformats';

/** A sheet of the finished workbook. */
export interface FinishedSheet {
  name: string;
  /** The row of the columns' labels, repeated on every printed page. */
  labelRow: number;
}

export function contentTypes(sheets: number): string {
  const part = (path: string, type: string) => `<Override PartName="${path}" ContentType="${type}+xml"/>`;
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
    `<Default Extension="rels" ContentType="${TYPE}-package.relationships+xml"/>` +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    part('/xl/workbook.xml', `${TYPE}-officedocument.spreadsheetml.sheet.main`) +
    part('/xl/styles.xml', `${TYPE}-officedocument.spreadsheetml.styles`) +
    upTo(sheets, (n) => part(`/xl/worksheets/sheet${n}.xml`, `${TYPE}-officedocument.spreadsheetml.worksheet`)) +
    part('/docProps/core.xml', `${TYPE}-package.core-properties`) +
    part('/docProps/app.xml', `${TYPE}-officedocument.extended-properties`) +
    '</Types>'
  );
}

export function packageRelations(): string {
  return relations([
    [`${OFFICE}/relationships/officeDocument`, 'xl/workbook.xml'],
    [`${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
    [`${OFFICE}/relationships/extended-properties`, 'docProps/app.xml'],
  ]);
}

export function workbookRelations(sheets: number): string {
  return relations([
    ...Array.from({ length: sheets }, (_, at): [string, string] => [
      `${OFFICE}/relationships/worksheet`,
      `worksheets/sheet${at + 1}.xml`,
    ]),
    [`${OFFICE}/relationships/styles`, 'styles.xml'],
  ]);
}

export function sheetRelations(links: readonly string[]): string {
  return relations(
    links.map((link) => [`${OFFICE}/relationships/hyperlink`, link]),
    ' TargetMode="External"',
  );
}

function relations(all: readonly [type: string, target: string][], mode = ''): string {
  const each = all.map(
    ([type, target], at) => `<Relationship Id="rId${at + 1}" Type="${type}" Target="${xmlText(target)}"${mode}/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
}

export function workbook(sheets: readonly FinishedSheet[]): string {
  const list = sheets.map(({ name }, at) => `<sheet name="${xmlText(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`);
  const titles = sheets.map(
    ({ name, labelRow }, at) =>
      `<definedName name="_xlnm.Print_Titles" localSheetId="${at}">'${xmlText(name)}'!$${labelRow}:$${labelRow}</definedName>`,
  );
  return (
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}/relationships">` +
    `<bookViews><workbookView/></bookViews><sheets>${list.join('')}</sheets>` +
    `<definedNames>${titles.join('')}</definedNames><calcPr calcId="191029"/></workbook>`
  );
}

export function coreProperties({ title, subject, printedAt, language }: ReportHeader): string {
  const time = printedAt.toISOString().replace(/\.\d+/, '');
  return (
    `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dc:title>${xmlText(title)}</dc:title><dc:subject>${xmlText(subject.name)}</dc:subject>` +
    `<dc:creator>Hovedbok</dc:creator><dc:language>${language === 'nb' ? 'nb-NO' : 'en-GB'}</dc:language>` +
    `<dcterms:created xsi:type="dcterms:W3CDTF">${time}</dcterms:created></cp:coreProperties>`
  );
}

export function appProperties({ subject }: ReportHeader): string {
  return (
    `${XML}<Properties xmlns="${OFFICE}/extended-properties">` +
    `<Application>Hovedbok</Application><Company>${xmlText(subject.name)}</Company></Properties>`
  );
}

function upTo(count: number, one: (n: number) => string): string {
  return Array.from({ length: count }, (_, at) => one(at + 1)).join('');
}
