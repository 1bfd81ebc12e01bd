/** The rows of the first table after a heading, without its head, as the texts of their cells. */
export function tableAfter(page: string, heading: string): string[][] {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`there is no heading ${heading}`);
  const rows: string[][] = [];
  for (const line of page.slice(start + heading.length + 2).split('\n')) {
    if (line.startsWith('|')) rows.push(cells(line));
    else if (rows.length > 0 || line.startsWith('#')) break;
  }
  return rows.slice(2);
}

function cells(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
}
