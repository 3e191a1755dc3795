import { html } from 'hono/html';
import type { Language } from './errors.ts';
import type { Mail } from './mail.ts';

/** A mail that asks for one thing, behind a link. */
export interface MailLetter {
  recipient: string;
  language: Language;
  link: string;
  words: { subject: string; hello: string; body: string; action: string; valid: string };
}

/** As text and as HTML, which say the same. */
export async function letterMail({ recipient, language, link, words }: MailLetter): Promise<Mail> {
  return {
    recipient,
    subject: words.subject,
    text: `${words.hello}\n\n${words.body}\n\n${words.action}: ${link}\n\n${words.valid}\n`,
    html: await html`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <title>${words.subject}</title>
        </head>
        <body style="font-family:sans-serif;color:#1a1a1a">
          <p>${words.hello}</p>
          <p>${words.body}</p>
          <p><a href="${link}">${words.action}</a></p>
          <p>${link}</p>
          <p>${words.valid}</p>
        </body>
      </html>`,
  };
}
