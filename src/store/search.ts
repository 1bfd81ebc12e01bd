import { sql, type RawBuilder } from 'kysely';

const signs = `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~«»¡¿·–—‘’“”„…•、。「」`;

/**
 * What PostgreSQL indexes and searches by (migration 0001, so it never changes): signs as spaces, since its parser else keeps
 * `example.com/a` as one word; no more than a tsvector can hold, 1 MiB, whatever the characters.
 */
export const searchVector = sql.raw(`to_tsvector('simple', ${words('left(search_text, 200000)')})`);

/** A term, as its words one after another. */
export function searchTerm(term: string): RawBuilder<unknown> {
  return sql`phraseto_tsquery('simple', ${wordsOf(term)})`;
}

function words(expression: string): string {
  return `translate(${expression}, '${signs.replaceAll("'", "''")}', '${' '.repeat(signs.length)}')`;
}

function wordsOf(term: string): string {
  return term
    .split('')
    .map((character) => (signs.includes(character) ? ' ' : character))
    .join('');
}
