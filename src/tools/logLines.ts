import type { Stream } from 'node:stream';

/** A server that writes without end of line is cut here. Characters. */
const longestLine = 4000;

/** Hands on what is written, line by line. */
export function logLines(stream: Stream, log: (line: string) => void): void {
  const decoder = new TextDecoder();
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') log(line.slice(0, longestLine));
    if (rest.length <= longestLine) return;
    log(rest.slice(0, longestLine));
    rest = '';
  };
  stream.on('data', (chunk: Uint8Array) => take(decoder.decode(chunk, { stream: true })));
  stream.on('end', () => take('\n'));
}
