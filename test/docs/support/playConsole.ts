import { spawnSync } from 'node:child_process';
import type { Folder } from './folder.ts';

/** One command and what the page says that it writes. */
export interface ConsoleStep {
  readonly command: string;
  readonly expected: string;
  readonly written: string;
}

/**
 * Plays the lines `$ command` of a block in one shell. What is expected of each is what follows it, where `…` stands for
 * any text of a line; what is written is stdout and stderr, without spaces at the ends of lines, as a page has none.
 */
export function playConsole(text: string, { path, env }: Folder): ConsoleStep[] {
  const steps = text.split(/^\$ /m).slice(1);
  const mark = '\u0001';
  const script = steps.map((step) => `${firstLine(step)}\nstatus=$?; printf '\\001'; (exit $status)`).join('\n');
  // Through `cat`: what Node gives as stdout is a socket, which a sidecar that ends shuts for the rest of the script, too.
  const { stdout } = spawnSync('sh', ['-c', `{\n${script}\n} 2>&1 | cat`], { cwd: path, env, encoding: 'utf8', timeout: 100_000 });
  const written = stdout.replaceAll(/ +$/gm, '').split(mark);
  return steps.map((step, index) => {
    const expected = step.slice(firstLine(step).length + 1);
    return { command: firstLine(step), expected, written: withEllipses(expected, written[index] ?? '') };
  });
}

function firstLine(step: string): string {
  return step.split('\n')[0] ?? '';
}

/** The expected text where it fits with its ellipses, else what was written. */
function withEllipses(expected: string, written: string): string {
  const parts = expected.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(written) ? expected : written;
}
