import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly title: string;
  /** null: there is nothing, which a phone has no line for. */
  cell(row: Row): ComponentChildren;
  readonly isNumber?: boolean;
  /** The title is for who cannot see what is below it. */
  readonly hasHiddenTitle?: boolean;
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
          {columns.map(({ title, isNumber, hasHiddenTitle }) => (
            <th key={title} role="columnheader" scope="col" class={isNumber ? 'number' : ''}>
              {hasHiddenTitle ? <span class="unseen">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => (
              <Cell key={column.title} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column: { title, cell, isNumber, isPlain }, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const content = cell(row);
  const isAbsent = content == null || content === '';
  return (
    <td role="cell" class={`${isNumber ? 'number' : ''} ${isAbsent ? 'absent' : ''}`} data-title={isPlain ? undefined : title}>
      {isAbsent ? <span class="muted">–</span> : content}
    </td>
  );
}
