import {
  ACTION_TEXTS,
  type Clarification,
  type CodeText,
  REASON_TEXTS,
  RESPONSE_STATUSES,
  type ResponseStatus,
  STATUS_TEXTS,
  textOfCode,
} from '../../ehf/index.ts';
import { DateText, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';

/** The fields of an answer beside its status. */
export interface ResponseContent {
  reasons: Clarification[];
  actions: Clarification[];
  note: string | null;
  effective_date: string | null;
}

const NText = nullable(Type.String());
const ClarificationView = strict({
  code: NText,
  nb: NText,
  en: NText,
  text: { ...NText, description: 'In the words of who answers' },
  details: Type.Array(strict({ attribute: NText, value: NText }), {
    description: 'What should have stood in the invoice, by the business term of EN 16931',
  }),
});

/** An answer in words for people; the status is null only if it is unclear. */
export const ContentView = {
  status_code: nullable(Type.Enum([...RESPONSE_STATUSES])),
  status_nb: NText,
  status_en: NText,
  reasons: Type.Array(ClarificationView),
  actions: Type.Array(ClarificationView, { description: 'What the seller is asked to do' }),
  note: NText,
  effective_date: nullable(DateText),
};
type ContentView = { [name in keyof typeof ContentView]: Static<(typeof ContentView)[name]> };

export function contentView(status: ResponseStatus | null, content: ResponseContent | null): ContentView {
  return {
    status_code: status,
    status_nb: status && STATUS_TEXTS[status].nb,
    status_en: status && STATUS_TEXTS[status].en,
    reasons: clarifications(content?.reasons, REASON_TEXTS),
    actions: clarifications(content?.actions, ACTION_TEXTS),
    note: content?.note ?? null,
    effective_date: content?.effective_date ?? null,
  };
}

function clarifications(list: readonly Clarification[] = [], texts: Readonly<Record<string, CodeText>>) {
  return list.map(({ code, text, details }) => {
    const words = code === null ? { nb: null, en: null } : textOfCode(texts, code);
    return { code, ...words, text, details };
  });
}
