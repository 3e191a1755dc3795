import { reportDocument } from '../printed/report-html.tsx';
import { reportStreamDocument } from '../printed/report-stream-html.tsx';
import type { ReportRenderer } from './report-renderer.ts';

export const htmlRenderer: ReportRenderer = {
  contentType: 'text/html; charset=utf-8',
  extension: 'html',
  inline: true,
  passes: 1,
  render(report) {
    const { contentSecurityPolicy, pieces } =
      'rowCount' in report ? reportStreamDocument(report) : wholeDocument(reportDocument(report));
    return { headers: { 'content-security-policy': contentSecurityPolicy }, body: encoded(pieces) };
  },
};

function wholeDocument({ html, contentSecurityPolicy }: { html: string; contentSecurityPolicy: string }) {
  return { contentSecurityPolicy, pieces: [html] };
}

async function* encoded(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
