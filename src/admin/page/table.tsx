import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly title: string;
  cell(row: Row): ComponentChildren;
  readonly isNumber?: boolean;
  /** No label beside it where the columns are below each other, on a phone. */
  readonly isPlain?: boolean;
}

/** On a phone each row is a block with the titles beside the cells, so the roles have to be said. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row): string;
}) {
  return (
    <table role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, isNumber }) => (
            <th key={title} role="columnheader" scope="col" class={isNumber ? 'number' : ''}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ title, cell, isNumber, isPlain }) => (
              <td key={title} role="cell" class={isNumber ? 'number' : ''} data-title={isPlain ? undefined : title}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
