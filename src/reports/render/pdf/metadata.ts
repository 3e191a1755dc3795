import type { Language } from '../../../platform/errors.ts';

export interface FileHead {
  title: string;
  /** The author. */
  author: string;
  /** In one sentence. */
  subject: string;
  language: Language;
  createdAt: Date;
  /** PDF/A-2a with its structure; otherwise PDF/A-2b. */
  tagged: boolean;
  /** PDF/A-3, which may contain files of any kind. */
  holdsFiles?: boolean;
}

/** XMP of the document, consistent with its information dictionary (ISO 19005-2, 6.6.2). */
export function metadataXml({ title, author, subject, language, createdAt }: FileHead, producer: string): string {
  const time = `${createdAt.toISOString().slice(0, 19)}Z`;
  const alternatives = (text: string) => `<rdf:Alt><rdf:li xml:lang="x-default">${escaped(text)}</rdf:li></rdf:Alt>`;
  return `
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
  <xmp:CreateDate>${time}</xmp:CreateDate>
  <xmp:ModifyDate>${time}</xmp:ModifyDate>
  <xmp:CreatorTool>Hovedbok</xmp:CreatorTool>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:title>${alternatives(title)}</dc:title>
  <dc:creator><rdf:Seq><rdf:li>${escaped(author)}</rdf:li></rdf:Seq></dc:creator>
  <dc:description>${alternatives(subject)}</dc:description>
  <dc:language><rdf:Bag><rdf:li>${language === 'nb' ? 'nb-NO' : 'en'}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
  <pdf:Producer>${escaped(producer)}</pdf:Producer>
</rdf:Description>
`;
}

const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text.replace(NOT_IN_XML, ' ').replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;' })[sign] ?? '&gt;');
}
