/** null: an empty cell. Text is what somebody else has written; an exact decimal is made by us. */
export type Cell = string | number | null | { readonly decimal: string };

/**
 * https://www.rfc-editor.org/rfc/rfc4180. A text that a spreadsheet would take for a formula gets an apostrophe before it, as
 * https://owasp.org/www-community/attacks/CSV_Injection advises.
 */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(written).join(',')}\r\n`).join('');
}

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return cell.decimal;
  const text = /^[=+\-@\t\r\n|%＝＋－＠]/.test(cell.trimStart()) || /^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
