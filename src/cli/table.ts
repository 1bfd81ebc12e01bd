import { textWidth } from './textWidth.ts';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  /** Left out when the table is too wide, the highest first; without one never. */
  readonly dropOrder?: number;
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
  const shown = fit(filled, width);
  const title = shown.map(({ column, size }, index) =>
    pad(column.title, index === shown.length - 1 && column.align === undefined ? 0 : size, column.align),
  );
  const body = rows.map((row) =>
    shown.map(({ column, size }, index) => {
      const text = pad(column.text(row), index === shown.length - 1 && column.align === undefined ? 0 : size, column.align);
      return column.paint?.(text, row) ?? text;
    }),
  );
  return [paintTitle(title.join(gap).trimEnd()), ...body.map((cells) => cells.join(gap).trimEnd())];
}

type Measured<Row> = { column: Column<Row>; size: number };

function fit<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  const needed = columns.reduce((sum, { size }) => sum + size + gap.length, -gap.length);
  const first = columns
    .filter(({ column }) => column.dropOrder !== undefined)
    .toSorted((a, b) => (b.column.dropOrder ?? 0) - (a.column.dropOrder ?? 0))[0];
  return needed <= width || !first
    ? columns
    : fit(
        columns.filter((column) => column !== first),
        width,
      );
}

function pad(text: string, size: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, size - textWidth(text)));
  return align === 'right' ? space + text : text + space;
}
