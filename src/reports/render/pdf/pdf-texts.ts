import type { Language } from '../../../platform/errors.ts';

const TEXTS = {
  contents: { nb: 'Innhold', en: 'Contents' },
  empty: { nb: 'Ingen saldo og ingen bevegelser i perioden.', en: 'No balances and no movements in the period.' },
  draft: { nb: 'UTKAST', en: 'DRAFT' },
  continued: { nb: 'forts.', en: 'continued' },
  carriedIn: { nb: 'overført fra side', en: 'brought forward from page' },
  carriedOut: { nb: 'Overføres til side', en: 'Carried forward to page' },
  page: { nb: 'Side', en: 'Page' },
  of: { nb: 'av', en: 'of' },
} satisfies Record<string, Record<Language, string>>;

export function say(text: keyof typeof TEXTS, language: Language): string {
  return TEXTS[text][language];
}

/** `Side 3 av 17` */
export function pageText(page: number, pages: number, language: Language): string {
  return `${say('page', language)} ${page} ${say('of', language)} ${pages}`;
}
