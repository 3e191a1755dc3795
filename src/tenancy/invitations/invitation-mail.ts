import type { Language } from '../../platform/errors.ts';
import type { Mail } from '../../platform/mail.ts';
import { letterMail } from '../../platform/mail-letter.ts';
import { INVITATION_DAYS } from './invitation.ts';

export interface InvitationLetter {
  recipient: string;
  accountName: string;
  roleName: string;
  inviter: string | null;
  link: string;
  language: Language;
}

export function invitationMail(letter: InvitationLetter): Promise<Mail> {
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
  return letterMail({ recipient: letter.recipient, language, link, words });
}
