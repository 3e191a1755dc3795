import type { ReportModel, ReportStream } from '../foundations/report-model.ts';

export interface RenderOptions {
  /** The address users see, for links out of a file; without it there are none. */
  publicUrl?: string | undefined;
}

/** Shows any report in one format; knows no report. */
export interface ReportRenderer {
  contentType: string;
  /** Of a file's name. */
  extension: string;
  /** To be shown by a browser rather than kept. */
  inline: boolean;
  /** How often it reads the rows of a stream. */
  passes: 1 | 2;
  render(report: ReportModel | ReportStream, options: RenderOptions): RenderedReport;
}

export interface RenderedReport {
  /** Of an answer with it. */
  headers?: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
}
