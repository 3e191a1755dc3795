import type { Language } from '../platform/errors.ts';

const WORDS = {
  earlier: { nb: 'Forrige side', en: 'Previous page' },
  later: { nb: 'Neste side', en: 'Next page' },
};

interface PagerParts {
  meta: { page: number; pages: number };
  language: Language;
  /** The address of a page; without it `?page=`. */
  at?: (page: number) => string;
  words?: typeof WORDS;
  /** Also says which page of how many this is. */
  withPosition?: boolean;
}

/** Links to the page before and the page after; nothing if there is only one page. */
export function Pager({ meta, language, at = pageOf('page'), words = WORDS, withPosition = false }: PagerParts) {
  const { page, pages } = meta;
  if (pages <= 1) return null;
  return (
    <ul class="pages">
      {page > 1 && (
        <li>
          <a rel="prev" href={at(page - 1)}>
            {words.earlier[language]}
          </a>
        </li>
      )}
      {page < pages && (
        <li>
          <a rel="next" href={at(page + 1)}>
            {words.later[language]}
          </a>
        </li>
      )}
      {withPosition && <li class="here">{`${page} / ${pages}`}</li>}
    </ul>
  );
}

/** Addresses of pages whose number stands in this field of the query. */
export function pageOf(name: string): (page: number) => string {
  return (page) => `?${name}=${page}`;
}
