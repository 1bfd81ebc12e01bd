import type { Term } from './search.ts';

const longest = 200;
const before = 60;

/** One line of at most 200 characters around the first of the terms, or the beginning; plain text. */
export function excerptOf(text: string, terms: readonly Term[]): string {
  const places = terms.filter(({ excluded }) => !excluded).flatMap(({ text: term }) => placeOf(term, text) ?? []);
  const at = places.length === 0 ? 0 : Math.min(...places);
  const start = at <= before ? 0 : startOfWord(text, at - before);
  // White space is worth one character, however long: more is taken than is needed.
  const line = oneLine(text.slice(start, start + 4 * longest));
  const room = longest - (start > 0 ? 1 : 0);
  const isWhole = line.length <= room && start + 4 * longest >= text.length;
  const shown = isWhole ? line : withoutHalf(line.slice(0, room - 1).trimEnd());
  return `${start > 0 ? '…' : ''}${shown}${isWhole ? '' : '…'}`;
}

function placeOf(term: string, text: string): number | undefined {
  const words = term.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  if (words.length === 0) return found(text.indexOf(term));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${words.join('[^\\p{L}\\p{N}]+')}(?![\\p{L}\\p{N}])`, 'iu');
  return found(text.search(pattern)) ?? found(text.indexOf(term));
}

function found(index: number): number | undefined {
  return index === -1 ? undefined : index;
}

/** The next place after a space, unless that is far. */
function startOfWord(text: string, from: number): number {
  const space = text.slice(from, from + 20).search(/\s/);
  return space === -1 ? from : from + space + 1;
}

function oneLine(text: string): string {
  return withoutHalf(text).replaceAll(/\s+/g, ' ').trim();
}

/** A character of two code units that was cut in the middle goes. */
function withoutHalf(text: string): string {
  return text.replace(/^[\udc00-\udfff]/, '').replace(/[\ud800-\udbff]$/, '');
}
