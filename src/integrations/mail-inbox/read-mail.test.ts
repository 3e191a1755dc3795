import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { MailUnreadable, readMail } from './read-mail.ts';

const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n'));
const names = (source: Buffer) => readMail(source).attachments.map(({ name }) => name);

/** A mail with one file and the given headers. */
const withFile = (...headers: string[]) =>
  mail('Content-Type: multipart/mixed; boundary="b"', '', '--b', ...headers, '', 'x', '--b--');

describe('the name of a file', () => {
  test.each<[string, string[], string]>([
    ['plain', ['Content-Type: application/pdf', 'Content-Disposition: attachment; filename=a.pdf'], 'a.pdf'],
    ['quoted', ['Content-Disposition: attachment; filename="a; \\"b\\".pdf"'], 'a; "b".pdf'],
    ['of the type', ['Content-Type: application/pdf; name="a b.pdf"'], 'a b.pdf'],
    ['in UTF-8', ["Content-Disposition: attachment; filename*=UTF-8''bl%C3%A5b%C3%A6r.pdf"], 'blåbær.pdf'],
    ['in Latin-1', ["Content-Disposition: attachment; filename*=iso-8859-1'nb'%E5.pdf"], 'å.pdf'],
    ['in pieces', ['Content-Disposition: attachment; filename*0="fak"; filename*1="tura.pdf"'], 'faktura.pdf'],
    [
      'in encoded pieces',
      ['Content-Disposition: attachment;', " filename*0*=utf-8''fa%C3%A5; filename*1*=%C3%A6.pdf"],
      'faåæ.pdf',
    ],
    ['in words', ['Content-Disposition: attachment; filename="=?utf-8?B?w6U=?= =?utf-8?Q?_=C3=A6.pdf?="'], 'å æ.pdf'],
    ['in no character set', ["Content-Disposition: attachment; filename*=x-none''%FF.pdf"], 'ÿ.pdf'],
  ])('%s', (_, headers, name) => {
    expect(names(withFile(...headers))).toEqual([name]);
  });
});

describe('what is read', () => {
  test.each<[string, Buffer, string[]]>([
    ['a mail that is a file', mail('Content-Type: application/pdf', '', '%PDF'), ['%PDF']],
    ['with LF alone', Buffer.from('Content-Type: application/pdf\n\n%PDF\n'), ['%PDF\n']],
    [
      'base64 with anything between',
      mail('Content-Type: a/b', 'Content-Transfer-Encoding: BASE64', '', 'JV!BE', 'Rg=='),
      ['%PDF'],
    ],
    [
      'quoted-printable',
      mail('Content-Type: a/b', 'Content-Transfer-Encoding: quoted-printable', '', '=25P=', 'D=46=Z'),
      ['%PDF=Z'],
    ],
    ['the letter alone', mail('Content-Type: text/plain', '', 'hei'), []],
    ['nothing', Buffer.alloc(0), []],
    ['headers alone', mail('Content-Type: application/pdf'), ['']],
    [
      'a boundary that begins with another',
      mail('Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: a/b', '', '--bb', '1', '--b--'),
      ['--bb\r\n1'],
    ],
    [
      'a mail inside a mail',
      mail(
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: message/rfc822',
        '',
        'Subject: x',
        'Content-Type: a/b',
        '',
        '1',
        '--b--',
      ),
      ['1'],
    ],
    ['a part without headers', mail('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'hei', '--b--'), []],
  ])('%s', (_, source, contents) => {
    expect(readMail(source).attachments.map(({ content }) => content.toString())).toEqual(contents);
  });

  test('whom it is for', () => {
    const source = mail(
      'Delivered-To: A+b@x.no',
      'To: "Ola, den ene" <ola@x.no>, gruppe: kari@x.no;',
      'Cc: OLA@x.no',
      ' , per@x.no (Per)',
      'Bcc: skjult@x.no',
      'Message-ID: <1\u0000 2@x>',
      '',
      'To: ikke@x.no',
    );
    expect(readMail(source)).toEqual({
      messageId: '<12@x>',
      recipients: ['a+b@x.no', 'ola@x.no', 'kari@x.no', 'per@x.no'],
      attachments: [],
    });
  });

  test('as postal-mime reads it, of what nodemailer writes', async () => {
    const attachments = [
      'a.pdf',
      'blåbærsyltetøy og et svært langt navn på en faktura fra leverandøren i Tromsø.pdf',
      '請求書.xml',
    ].map((filename, i) => ({
      filename,
      content: Buffer.from(Array.from({ length: 997 * i }, (_, n) => (n * 31) % 256)),
    }));
    const composer = new MailComposer({
      to: 'a@x.no',
      text: 'hei',
      html: '<p>hei</p>',
      attachments,
      messageId: '<m@x>',
    });
    const source = await composer.compile().build();
    const [ours, theirs] = [readMail(source), await PostalMime.parse(source)];
    expect(ours.attachments.map(({ name, content }) => [name, content.toString('hex')])).toEqual(
      theirs.attachments.map(({ filename, content }) => [
        filename,
        Buffer.from(content as ArrayBuffer).toString('hex'),
      ]),
    );
    expect([ours.messageId, ours.attachments.length]).toEqual(['<m@x>', 3]);
  });
});

describe('what is beyond the limits', () => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, i) => [`Content-Type: multipart/mixed; boundary=b${i}.`, '', `--b${i}.`]).flat();
  const parts = (count: number, line: string) =>
    mail('Content-Type: multipart/mixed; boundary=b', '', ...Array.from({ length: count }, () => line));
  test.each<[string, Buffer]>([
    ['parts in parts', mail(...nested(100))],
    ['mails in mails', mail(...Array.from({ length: 100 }, () => ['Content-Type: message/rfc822', '']).flat())],
    ['parts', parts(1_001, '--b')],
    ['almost parts', parts(1_001, '--bx')],
    ['headers', mail(...Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${'a'.repeat(60)}`))],
  ])('%s', (_, source) => {
    expect(() => readMail(source)).toThrow(MailUnreadable);
  });

  const head = ['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: application/pdf', ''];
  test.each<[string, Buffer]>([
    ['short lines', mail(...head, '\n'.repeat(20_000_000))],
    ['marks within lines', mail(...head, 'x--b'.repeat(5_000_000))],
    ['long lines', mail(...head, 'a'.repeat(20_000_000))],
    ['addresses', mail(`To: ${'a@b, '.repeat(50_000)}`, '', '')],
    ['addresses that are none', mail(`To: ${'a'.repeat(250_000)}`, '', '')],
    ['quotes', mail(`Content-Disposition: attachment; filename="${'\\'.repeat(200_000)}`, '', '')],
    ['parameters', mail(`Content-Type: a/b${';a*0*=x'.repeat(30_000)}`, '', '')],
    ['words', mail(`Content-Type: a/b; name="${'=?a?q?'.repeat(30_000)}"`, '', '')],
    ['headers of one name', mail(...Array.from({ length: 40_000 }, () => 'A: b'), '', '')],
  ])('%s take no time', (_, source) => {
    const begun = performance.now();
    readMail(source);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
