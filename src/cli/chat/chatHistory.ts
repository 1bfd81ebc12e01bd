import { appendFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile, stampOf } from '../../lib/replaceFile.ts';

/** What a person said in chats, from one to the next. */
export interface ChatHistory {
  /** The latest first; empty where there are none, or they cannot be read. */
  load(): Promise<string[]>;
  /** A history that cannot be written is no reason to end a chat. */
  add(message: string): Promise<void>;
}

const kept = 1000;

/** A message a line, as JSON, in a file that only its user may read; null: nothing is kept. */
export function createChatHistory(path: string | null): ChatHistory {
  if (path === null) return { load: async () => [], add: async () => {} };
  return {
    async load() {
      const stamp = await stampOf(path).catch(() => '');
      const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
      if (lines.length > 2 * kept) await replaceFile(path, `${lines.slice(-kept).join('\n')}\n`, { stamp, mode: 0o600 }).catch(() => false);
      return lines.slice(-kept).flatMap(messageIn).toReversed();
    },
    async add(message) {
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await appendFile(path, `${JSON.stringify(message)}\n`, { mode: 0o600 });
        await chmod(path, 0o600);
      } catch {
        // See above.
      }
    },
  };
}

/** `$LLM_SIDECAR_CHAT_HISTORY`, nowhere if that is empty; else in the folder for what an application remembers. */
export function chatHistoryPath(env: NodeJS.ProcessEnv, home: string, platform: NodeJS.Platform): string | null {
  const named = env['LLM_SIDECAR_CHAT_HISTORY'];
  if (named !== undefined) return named === '' ? null : named;
  return join(stateFolder(env, home, platform), 'llm-sidecar', 'chat-history');
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ on Linux. */
function stateFolder(env: NodeJS.ProcessEnv, home: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] || env['APPDATA'] || home;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env['XDG_STATE_HOME'] || join(home, '.local', 'state');
}

function messageIn(line: string): string[] {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'string' ? [message] : [];
  } catch {
    return [];
  }
}
