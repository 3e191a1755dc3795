import { renderPdf } from './pdf/render-pdf.ts';
import type { ReportRenderer } from './report-renderer.ts';

export const pdfRenderer: ReportRenderer = {
  contentType: 'application/pdf',
  extension: 'pdf',
  inline: true,
  passes: 2,
  render: (report, { publicUrl }) => ({ body: renderPdf(report, publicUrl ? { baseUrl: publicUrl } : {}) }),
};
