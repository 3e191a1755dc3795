import type { ReportModel, ReportStream } from '../foundations/report-model.ts';

export interface RenderOptions {
  /** The address that users see, for links out of a file; without it there are none. */
  publicUrl?: string | undefined;
}

/** Renders any report in one format, independently of single reports. */
export interface ReportRenderer {
  contentType: string;
  /** Of a file's name. */
  extension: string;
  /** To be displayed by a browser rather than saved. */
  inline: boolean;
  /** How often it reads the rows of a stream. */
  passes: 1 | 2;
  render(report: ReportModel | ReportStream, options: RenderOptions): RenderedReport;
}

export interface RenderedReport {
  /** Headers of a response with it. */
  headers?: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
}
