import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { cleanEnvironment, folderWith } from './folder.ts';
import { mainFile } from './runCli.ts';

export const hasPseudoTerminals = spawnSync('python3', ['-c', 'import pty']).status === 0;

/** A screen as if nothing had taken long enough to be said. */
export function withoutWaiting(screen: string): string {
  return screen.replaceAll(/\r[⠀-⣿] [^\r\n]*\u001b\[K/g, '').replaceAll('\r\u001b[K', '');
}

interface TerminalOptions {
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
}

/** The command as a person runs it: in a real terminal, of which `screen` has every byte. */
export function openTerminal(words: readonly string[], options: TerminalOptions = {}) {
  return openProgram([process.execPath, mainFile, ...words], options);
}

/** The same for another program, such as a shell. */
export function openProgram(command: readonly string[], { folder = folderWith(), env = {}, columns = 100 }: TerminalOptions = {}) {
  const helper = fileURLToPath(new URL('./runInTerminal.py', import.meta.url));
  const child = spawn('python3', [helper, String(columns), '40', ...command], {
    cwd: folder,
    env: cleanEnvironment(folder, { TERM: 'xterm-256color', ...env }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let screen = '';
  let read = 0;
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    for (const look of waiting) look();
  });
  const ended = new Promise<{ code: number | null; screen: string }>((resolve) => child.on('close', (code) => resolve({ code, screen })));
  return {
    ended,
    /** All that is on the screen so far. */
    seen: () => screen,
    type: (keys: string) => void child.stdin.write(keys),
    /** Resolves when the text is on the screen, after what was waited for before. */
    shows: async (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const at = screen.indexOf(text, read);
          if (at === -1) return;
          read = at + text.length;
          waiting.delete(look);
          child.off('close', fail);
          resolve();
        };
        const fail = (): void => reject(new Error(`ended without showing ${JSON.stringify(text)}: ${JSON.stringify(screen)}`));
        waiting.add(look);
        child.on('close', fail);
        look();
      }),
  };
}
