import { expect, test } from 'vitest';
import { hasPdfTools, pageTexts } from '../../test/support/files/pdf-tools.ts';
import { voucherPdf } from './voucher-pdf.ts';

const paper = {
  fileName: 'faktura.pdf',
  title: 'Faktura 12 (kopi)',
  lines: ['Blåbærlyng Barnebøker AS', '', 'Å betale: 1 250,00 – netto'],
};

test.skipIf(!hasPdfTools)('a paper of the story has its title and lines on one page', async () => {
  const pages = pageTexts(await voucherPdf(paper));
  expect(pages).toHaveLength(1);
  for (const shown of [paper.title, paper.lines[0]!, paper.lines[2]!, 'Oppdiktet bilag'])
    expect(pages[0]).toContain(shown);
});

test('the same paper is the same bytes', async () => {
  expect((await voucherPdf(paper)).equals(await voucherPdf(paper))).toBe(true);
});
