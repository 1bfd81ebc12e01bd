import type { StoreKind } from './store.ts';
import type { Steps } from './steps.ts';

/** Where one text will not do for both databases. */
export type Text = string | Readonly<Record<StoreKind, string>>;
type Run<Result> = (kind: StoreKind, values: readonly unknown[]) => Steps<Result>;

/**
 * For what is done at every response: its text is made once, where making it out of expressions costs more than running it. A `?`
 * stands for a value, and for nothing else.
 */
export function rowsOf<Row>(text: Text): Run<readonly Row[]> {
  const texts = textsOf(text);
  return function* (kind, parameters): Steps<readonly Row[]> {
    const { rows } = yield { sql: texts[kind], parameters };
    return rows as Row[];
  };
}

/** As `rowsOf`; gives whether a row was changed, which SQLite knows without collecting them. */
export function changeOf(text: Text): Run<boolean> {
  const texts = textsOf(text);
  return function* (kind, parameters): Steps<boolean> {
    const { numAffectedRows = 0n } = yield { sql: texts[kind], parameters };
    return numAffectedRows > 0n;
  };
}

function textsOf(text: Text): Readonly<Record<StoreKind, string>> {
  const { sqlite, postgres } = typeof text === 'string' ? { sqlite: text, postgres: text } : text;
  return { sqlite, postgres: numbered(postgres) };
}

function numbered(text: string): string {
  let number = 0;
  return text.replaceAll('?', () => `$${++number}`);
}
