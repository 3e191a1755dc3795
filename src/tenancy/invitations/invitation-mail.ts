import { html } from 'hono/html';
import type { Language } from '../../platform/errors.ts';
import type { Mail } from '../../platform/mail.ts';
import { INVITATION_DAYS } from './invitation.ts';

export interface InvitationLetter {
  recipient: string;
  accountName: string;
  roleName: string;
  inviter: string | null;
  link: string;
  language: Language;
}

export async function invitationMail(letter: InvitationLetter): Promise<Mail> {
  const { accountName, roleName, link, language } = letter;
  const inviter = letter.inviter ?? 'Hovedbok';
  const words = {
    nb: {
      subject: `Invitasjon til regnskapet til ${accountName}`,
      hello: 'Hei!',
      body: `${inviter} inviterer deg til regnskapet til ${accountName} som ${roleName.toLowerCase()}.`,
      action: 'Godta invitasjonen',
      valid: `Lenken gjelder i ${INVITATION_DAYS} dager og bare for deg. Venter du ingen invitasjon, kan du se bort fra denne e-posten.`,
    },
    en: {
      subject: `Invitation to the books of ${accountName}`,
      hello: 'Hello,',
      body: `${inviter} invites you to the books of ${accountName} as ${roleName.toLowerCase()}.`,
      action: 'Accept the invitation',
      valid: `The link is valid for ${INVITATION_DAYS} days and for you only. If you expect no invitation, ignore this mail.`,
    },
  }[language];
  return {
    recipient: letter.recipient,
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
