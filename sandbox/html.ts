import type { StandInAnswer } from './stand-in.ts';

/** A page of a stand-in: plain, in Norwegian, marked as what it is. `head`: more of the head, as it is. */
export function htmlPage(title: string, body: string, { status = 200, head = '' } = {}): StandInAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body:
      `<!DOCTYPE html><html lang="nb"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${escapeHtml(title)}</title>${head}</head><body><main><h1>${escapeHtml(title)}</h1>${body}` +
      `<p><small>Etterligning for utvikling og test; ingenting her er ekte.</small></p></main></body></html>`,
  };
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
