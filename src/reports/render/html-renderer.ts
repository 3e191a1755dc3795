import { reportDocument } from '../report-html.tsx';
import { reportStreamDocument } from '../report-stream-html.ts';
import type { ReportRenderer } from './report-renderer.ts';

export const htmlRenderer: ReportRenderer = {
  contentType: 'text/html; charset=utf-8',
  extension: 'html',
  inline: true,
  passes: 1,
  render(report) {
    if ('rowCount' in report) {
      const { pieces, contentSecurityPolicy } = reportStreamDocument(report);
      return { headers: { 'content-security-policy': contentSecurityPolicy }, body: encoded(pieces) };
    }
    const { html, contentSecurityPolicy } = reportDocument(report);
    return { headers: { 'content-security-policy': contentSecurityPolicy }, body: whole(html) };
  },
};

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

async function* whole(html: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(html);
}
