import { characterWidth, textWidth } from './textWidth.ts';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  /** Left out when the table is too wide, the highest first; without one never. */
  readonly dropOrder?: number;
  /** Cut with …, down to so many columns of the terminal, before another column is left out; the widest first. Further when all else is gone. */
  readonly leastWidth?: number;
  /** What is cut off; else the end. */
  readonly cuts?: 'start';
  readonly text: (row: Row) => string;
  /** Colour, put on the padded text. */
  readonly paint?: (text: string, row: Row) => string;
}

const gap = '  ';

/** Lines of equal columns, two spaces apart; no column is wider than its content. The last one is not padded. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, paintTitle = (text) => text }: { width: number; paintTitle?: (text: string) => string },
): string[] {
  const measured = columns.map((column) => ({
    column,
    size: Math.max(textWidth(column.title), ...rows.map((row) => textWidth(column.text(row)))),
  }));
  const filled = measured.filter(({ column }) => rows.some((row) => column.text(row) !== ''));
  const shown = shrink(shrink(fit(filled, width), width, least), width, leastOfAll);
  const title = shown.map(({ column, size }, index) =>
    pad(cut(column.title, size, undefined), index === shown.length - 1 && column.align === undefined ? 0 : size, column.align),
  );
  const body = rows.map((row) =>
    shown.map(({ column, size }, index) => {
      const text = pad(
        cut(column.text(row), size, column.cuts),
        index === shown.length - 1 && column.align === undefined ? 0 : size,
        column.align,
      );
      return column.paint?.(text, row) ?? text;
    }),
  );
  return [paintTitle(title.join(gap).trimEnd()), ...body.map((cells) => cells.join(gap).trimEnd())];
}

type Measured<Row> = { column: Column<Row>; size: number };

function fit<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  const first = columns
    .filter(({ column }) => column.dropOrder !== undefined)
    .toSorted((a, b) => (b.column.dropOrder ?? 0) - (a.column.dropOrder ?? 0))[0];
  return widthOf(columns.map(({ column, size }) => ({ column, size: least(column, size) }))) <= width || !first
    ? columns
    : fit(
        columns.filter((column) => column !== first),
        width,
      );
}

/** The widest of those that may be cut gives way, column by column of the terminal. */
function shrink<Row>(
  columns: readonly Measured<Row>[],
  width: number,
  floor: (column: Column<Row>, size: number) => number,
): readonly Measured<Row>[] {
  const excess = widthOf(columns) - width;
  const [widest, next] = columns.filter(({ column, size }) => size > floor(column, size)).toSorted((a, b) => b.size - a.size);
  if (excess <= 0 || widest === undefined) return columns;
  const target = Math.max(floor(widest.column, widest.size), widest.size - excess, Math.min(next?.size ?? 0, widest.size - 1));
  return shrink(
    columns.map((one) => (one === widest ? { ...one, size: target } : one)),
    width,
    floor,
  );
}

function least<Row>({ leastWidth }: Column<Row>, size: number): number {
  return Math.min(size, leastWidth ?? size);
}

function leastOfAll<Row>({ leastWidth }: Column<Row>, size: number): number {
  return leastWidth === undefined ? size : Math.min(size, leastWidth, 8);
}

function widthOf<Row>(columns: readonly Measured<Row>[]): number {
  return columns.reduce((sum, { size }) => sum + size + gap.length, -gap.length);
}

function cut(text: string, size: number, cuts: 'start' | undefined): string {
  if (textWidth(text) <= size) return text;
  const characters = cuts === 'start' ? Array.from(text).toReversed() : Array.from(text);
  const kept: string[] = [];
  let used = 1;
  for (const character of characters) {
    used += characterWidth(character);
    if (used > size) break;
    kept.push(character);
  }
  return cuts === 'start' ? `…${kept.toReversed().join('')}` : `${kept.join('')}…`;
}

function pad(text: string, size: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, size - textWidth(text)));
  return align === 'right' ? space + text : text + space;
}
