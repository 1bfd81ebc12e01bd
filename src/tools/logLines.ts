import type { Stream } from 'node:stream';

/** A server that writes without end of line is cut here. Characters. */
const longestLine = 4000;

/** So much of what follows has to be there before a line is cut: a secret across the cut is found whole. Characters. */
const lookAhead = 4096;

/** Hands on what is written, line by line and without secrets: `redact` sees them before they are cut. */
export function logLines(stream: Stream, { log, redact }: { log: (line: string) => void; redact: (text: string) => string }): void {
  const decoder = new TextDecoder();
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') log(redact(line).slice(0, longestLine));
    if (rest.length <= longestLine + lookAhead) return;
    rest = redact(rest);
    if (rest.length <= longestLine + lookAhead) return;
    log(rest.slice(0, longestLine));
    rest = rest.slice(longestLine);
  };
  stream.on('data', (chunk: Uint8Array) => take(decoder.decode(chunk, { stream: true })));
  stream.on('end', () => take('\n'));
}
