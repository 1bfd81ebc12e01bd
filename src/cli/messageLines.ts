/** The lines of a message that may have several. */
export interface MessageLines {
  /** typed: Return was pressed behind it. pasted: it stays as it is. broken: the next one belongs to it. */
  take(line: string, how: 'typed' | 'pasted' | 'broken'): void;
  /** The message; undefined: more lines are to come, after a \ at the end of a typed one or within three quotation marks. */
  text(): string | undefined;
  isEmpty(): boolean;
  clear(): void;
}

const fence = '"""';

export function createMessageLines(): MessageLines {
  let lines: string[] = [];
  let goesOn = false;
  return {
    take(line, how) {
      const continued = how === 'typed' && line.endsWith('\\');
      goesOn = continued || how === 'broken';
      lines.push(continued ? line.slice(0, -1) : line);
    },
    text() {
      const text = lines.join('\n');
      const trimmed = text.trim();
      if (trimmed.startsWith(fence)) {
        const isClosed = trimmed.length >= 2 * fence.length && trimmed.endsWith(fence);
        return isClosed ? trimmed.slice(fence.length, -fence.length).replaceAll(/^\n|\n$/g, '') : undefined;
      }
      return goesOn ? undefined : text.replace(/\n+$/, '');
    },
    isEmpty: () => lines.length === 0,
    clear() {
      lines = [];
      goesOn = false;
    },
  };
}
