import type { Language } from '../../platform/errors.ts';
import type { Mail } from '../../platform/mail.ts';
import { letterMail } from '../../platform/mail-letter.ts';
import { LINK_DAYS } from './issuer-agreement.ts';

export interface IssuerLetter {
  recipient: string;
  signer: string;
  company: string;
  organizationNumber: string;
  link: string;
  language: Language;
}

export function issuerMail(letter: IssuerLetter): Promise<Mail> {
  const { signer, company, organizationNumber, link, language } = letter;
  const words = {
    nb: {
      subject: `Avtale om eFaktura for ${company}`,
      hello: `Hei, ${signer}!`,
      body: `${company} (${organizationNumber}) ber deg godta avtalen om å sende eFaktura til forbrukere på vegne av firmaet.`,
      action: 'Se og godta avtalen',
      valid: `Lenken gjelder i ${LINK_DAYS} dager. Du trenger ikke å logge inn. Kan du ikke forplikte firmaet, så ikke godta.`,
    },
    en: {
      subject: `Agreement on eFaktura for ${company}`,
      hello: `Hello ${signer},`,
      body: `${company} (${organizationNumber}) asks you to accept the agreement to send eFaktura to consumers on behalf of the company.`,
      action: 'See and accept the agreement',
      valid: `The link is valid for ${LINK_DAYS} days. You do not need to sign in. If you cannot bind the company, do not accept.`,
    },
  }[language];
  return letterMail({ recipient: letter.recipient, language, link, words });
}
