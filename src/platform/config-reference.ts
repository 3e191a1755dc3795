import { settings } from './config.ts';
import type { Language } from './errors.ts';
import type { Setting } from './setting.ts';

const words = {
  nb: {
    title: 'Innstillinger',
    intro: 'Hovedbok leser disse miljøvariablene.',
    form: 'Form',
    without: 'Uten',
    secret: 'Hemmelig: skrives aldri ut.',
  },
  en: {
    title: 'Settings',
    intro: 'Hovedbok reads these environment variables.',
    form: 'Form',
    without: 'Without',
    secret: 'Secret: never printed.',
  },
};

/** The configuration reference as Markdown, in both languages; docs/configuration.md contains this text. */
export function configReference(): string {
  return `# Configuration\n\nWritten by \`npx hovedbok config > docs/configuration.md\`.\n\n${section('en')}\n${section('nb')}`;
}

function section(language: Language): string {
  const { title, intro, form, without, secret } = words[language];
  const entries = Object.values<Setting<unknown>>(settings).map((setting) => {
    const fallback =
      setting.byDefault?.[language] ?? (setting.fallback === undefined ? '–' : `\`${setting.fallback}\``);
    return [
      `### \`${setting.env}\`\n`,
      `${setting.description[language]}${setting.secret ? ` ${secret}` : ''}\n`,
      `${form}: ${setting.form[language]}. ${without}: ${fallback}.\n`,
    ].join('\n');
  });
  return `## ${title}\n\n${intro}\n\n${entries.join('\n')}`;
}
