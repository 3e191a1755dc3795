import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectSamePicture } from '../pages/picture.ts';

/** Debian packages poppler-utils and qpdf. */
export const hasPdfTools = ['pdftotext', 'pdftoppm', 'qpdf'].every((tool) => existsSync(`/usr/bin/${tool}`));

const JARS = ['preflight', 'pdfbox2', 'fontbox2', 'xmpbox', 'commons-logging', 'jaxb-api', 'javax.activation'];
/** Debian packages libpdfbox2-java, libactivation-java, libjaxb-api-java and a Java. */
export const hasPreflight =
  existsSync('/usr/bin/java') && JARS.every((jar) => existsSync(`/usr/share/java/${jar}.jar`));

function withFile<T>(pdf: Uint8Array, use: (file: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'pdf-'));
  try {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, pdf);
    return use(file, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(tool: string, args: string[]): string {
  return execFileSync(tool, args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The text of each page, as it is laid out. */
export function pageTexts(pdf: Uint8Array): string[] {
  const text = withFile(pdf, (file) => run('pdftotext', ['-layout', file, '-']));
  return text.split('\f').slice(0, -1);
}

/** The text in the order of the file. */
export function rawText(pdf: Uint8Array): string {
  return withFile(pdf, (file) => run('pdftotext', ['-raw', file, '-']));
}

/** Content of the file: objects by reference, such as `12 0 R`, and the trailer. Throws if it is damaged. */
export interface PdfObjects {
  all: { value: Record<string, unknown>; isStream: boolean }[];
  root: Record<string, unknown>;
  follow(value: unknown): Record<string, unknown>;
}

export function pdfObjects(pdf: Uint8Array): PdfObjects {
  const [, objects] = withFile(pdf, (file) => {
    run('qpdf', ['--check', file]);
    return JSON.parse(run('qpdf', ['--json', file])) as { qpdf: [unknown, Record<string, QpdfObject>] };
  }).qpdf;
  const follow = (value: unknown): Record<string, unknown> => {
    const object = objects[`obj:${String(value)}`];
    if (!object) return value as Record<string, unknown>;
    return (object.stream?.dict ?? object.value) as Record<string, unknown>;
  };
  const all = Object.values(objects).map(({ value, stream }) => ({
    value: (stream?.dict ?? value) as Record<string, unknown>,
    isStream: stream !== undefined,
  }));
  const trailer = objects['trailer']!.value as Record<string, unknown>;
  return { all, root: follow(trailer['/Root']), follow };
}

interface QpdfObject {
  value?: unknown;
  stream?: { dict: unknown };
}

/** The XMP of the document. */
export function xmpOf(pdf: Uint8Array): string {
  const text = Buffer.from(pdf).toString('utf8');
  return text.slice(text.indexOf('<?xpacket begin'), text.lastIndexOf('<?xpacket end'));
}

/** Apache PDFBox Preflight's findings against PDF/A-1b, the strictest level it supports. */
export function preflightFindings(pdf: Uint8Array): string[] {
  const classPath = JARS.map((jar) => `/usr/share/java/${jar}.jar`).join(':');
  const output = withFile(pdf, (file) => {
    try {
      return run('java', ['-cp', classPath, 'org.apache.pdfbox.preflight.Validator_A1b', file]);
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return stdout || stderr;
    }
  });
  return output.split('\n').filter((line) => /^\d|xception/.test(line));
}

/** Compares a page, in grey, with the picture in test/golden. */
export function expectPicture(pdf: Uint8Array, page: number, golden: URL): void {
  const picture = withFile(pdf, (file, folder) => {
    run('pdftoppm', ['-r', '64', '-gray', '-png', '-f', String(page), '-l', String(page), file, join(folder, 'page')]);
    return readFileSync(
      join(
        folder,
        readdirSync(folder).find((name) => name.endsWith('.png'))!,
      ),
    );
  });
  expectSamePicture(picture, golden, { step: 80, share: 0.002 });
}
