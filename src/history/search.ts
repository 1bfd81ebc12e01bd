import { sql } from 'kysely';
import { searchTerm, searchVector } from '../store/search.ts';
import type { StoreKind } from '../store/store.ts';
import type { Condition } from './conditions.ts';

/** A word, or several one after another; `excluded`: it may not be there. */
export interface Term {
  readonly text: string;
  readonly excluded: boolean;
}

/** `two words "one phrase" -without`. Whatever is written is a query. */
export function parseQuery(query: string): Term[] {
  const found = query.replaceAll('\u0000', ' ').matchAll(/(?<minus>-?)"(?<phrase>[^"]*)"?|(?<word>\S+)/gu);
  return [...found].flatMap(({ groups = {} }) => {
    const { minus = '', phrase, word = '' } = groups;
    const excluded = phrase === undefined ? /^-[\p{L}\p{N}]/u.test(word) : minus === '-';
    const text = (phrase ?? (excluded ? word.slice(1) : word)).replaceAll('"', ' ').trim();
    return text === '' ? [] : [{ text, excluded }];
  });
}

/** About rows of llm_sidecar_responses, which is called `r`: those that have all terms in what was asked and answered. */
export function conditionsOfQuery(terms: readonly Term[], kind: StoreKind): Condition[] {
  const conditions = terms.map(({ text, excluded }) => {
    const among = hasWords(text) ? byIndex(text, kind) : byReading(text, kind);
    return excluded ? sql<boolean>`r.id not in (${among})` : sql<boolean>`r.id in (${among})`;
  });
  // Nothing can be said of a response whose content is not kept.
  return terms.length > 0 && terms.every(({ excluded }) => excluded)
    ? [sql<boolean>`r.id in (select response_id from llm_sidecar_contents)`, ...conditions]
    : conditions;
}

/** Languages that write no spaces have no words that an index could find, and neither has an emoji. */
function hasWords(text: string): boolean {
  return (
    /[\p{L}\p{N}]/u.test(text) && !/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u.test(text)
  );
}

function byIndex(text: string, kind: StoreKind) {
  return kind === 'sqlite'
    ? sql`select c.response_id from llm_sidecar_search join llm_sidecar_contents c on c.number = llm_sidecar_search.rowid
        where llm_sidecar_search match ${`"${text}"`}`
    : sql`select response_id from llm_sidecar_contents where ${searchVector} @@ ${searchTerm(text)}`;
}

function byReading(text: string, kind: StoreKind) {
  const found = kind === 'sqlite' ? sql`instr(search_text, ${text})` : sql`strpos(search_text, ${text})`;
  return sql`select response_id from llm_sidecar_contents where ${found} > 0`;
}
