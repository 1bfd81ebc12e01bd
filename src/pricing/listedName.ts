/** How the price list tells which ids a row is about. */
export type ListedMatch =
  | { readonly and: readonly ListedMatch[] }
  | { readonly or: readonly ListedMatch[] }
  | { readonly equals: string }
  | { readonly contains: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly regex: string };

/**
 * Whether a row that the list has found for an id is about that model. Many rows are found by how an id begins, so that
 * `claude-sonnet-5-5` looks like `claude-sonnet-5` and `gemini-3.6-flash-image` like `gemini-3.6-flash`: what follows may be
 * a date, a revision or a word of `sameModel`, and nothing else.
 */
export function isOfRow(match: ListedMatch, upstreamId: string): boolean {
  const id = upstreamId.toLowerCase().trim();
  return fits(match, id) || fits(match, withDashes(id));
}

function fits(match: ListedMatch, id: string): boolean {
  if ('or' in match) return match.or.some((part) => fits(part, id));
  if ('and' in match) return match.and.every((part) => fits(part, id));
  if ('equals' in match) return id === match.equals.toLowerCase();
  if ('ends_with' in match) return id.endsWith(match.ends_with.toLowerCase());
  if ('regex' in match) return new RegExp(match.regex).test(id);
  const known = ('starts_with' in match ? match.starts_with : match.contains).toLowerCase();
  const at = id.indexOf(known);
  if ('starts_with' in match ? at !== 0 : at === -1) return false;
  return isSameModel(id.slice(at + known.length), known);
}

/** What may follow the name of a model without making it another one. */
const sameModel = /^(latest|preview|exp|experimental|beta|thinking|instruct|customtools|it|v\d+)?$/;
const version = /^[-.]\d{1,2}(?!\d)/;

function isSameModel(rest: string, known: string): boolean {
  if (isTuned.test(known)) return true;
  if (endsWithinNumber.test(known)) return words(rest).every(isPlain);
  if (version.test(rest)) return false;
  return rest === '' || (separator.test(rest) && words(rest.slice(1)).every(isPlain));
}

/** Tuned models have the name of their owner behind that of the model. */
const isTuned = /(^|\.)ft[:-]/;
const endsWithinNumber = /(-0|-20\d\d|-)$/;
const separator = /^[-:@.]/;

function words(rest: string): string[] {
  return rest.split(/[-:@.]/);
}

function isPlain(word: string): boolean {
  return /^\d+$/.test(word) || sameModel.test(word);
}

/** The list writes days as `2024-08-06`, some ids as `20240806`. */
function withDashes(id: string): string {
  return id.replace(/(-)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '$1$2-$3-$4');
}
