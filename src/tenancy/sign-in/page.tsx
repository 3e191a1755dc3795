import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Child } from 'hono/jsx';
import type { Language } from '../../platform/errors.ts';

const STYLE = `
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem;color:#1a1a2e;background:#fff}
h1{font-size:1.5rem;margin:0 0 1rem}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #5c5f77;border-radius:.25rem}
button{font:inherit;margin:1.25rem .5rem 0 0;padding:.5rem 1rem;border:1px solid #364fc7;border-radius:.25rem;background:#364fc7;color:#fff;cursor:pointer}
button.quiet{background:transparent;color:#364fc7}
:focus-visible{outline:3px solid #e8590c;outline-offset:2px}
.fault{border-left:.3rem solid #c92a2a;padding:.25rem .75rem;color:#a51111;background:#fff0f0}
@media (prefers-color-scheme:dark){body{color:#e9ecef;background:#14151f}button.quiet{color:#bac8ff;border-color:#bac8ff}.fault{color:#ffc9c9;background:#3b1219}}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

interface PageProps {
  language: Language;
  title: string;
  children?: Child;
}

function Page({ language, title, children }: PageProps) {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} – Hovedbok`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {children}
        </main>
      </body>
    </html>
  );
}

/** What went wrong with a form, read out at once by screen readers. */
export function Fault({ text }: { text: string | undefined }) {
  return text ? (
    <p class="fault" role="alert">
      {text}
    </p>
  ) : null;
}

/**
 * Sends a page that runs no script, loads nothing and stands in no frame. `formTargets`: other sites that a form of it
 * may end up at by a redirect.
 */
export async function sendPage(
  reply: FastifyReply,
  {
    language,
    title,
    body,
    status = 200,
    formTargets = [],
  }: {
    language: Language;
    title: string;
    body: Child;
    status?: number;
    formTargets?: readonly string[];
  },
): Promise<FastifyReply> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  const page = (
    <Page language={language} title={title}>
      {body}
    </Page>
  );
  return reply
    .status(status)
    .headers({
      'content-security-policy': policy,
      // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${await page}`);
}
