import { applicationFolder, pathsOf, type Surroundings } from './surroundings.ts';
import type { Config } from './config.ts';

/** What is kept and where; null: nothing, and no database is opened. */
export interface StorageSettings {
  /** An absolute path, or `postgres://…`. */
  readonly location: string;
  readonly history: HistorySettings | null;
  readonly conversations: boolean;
}

export interface HistorySettings {
  readonly content: boolean;
  readonly retentionDays: number | null;
}

/** `storage:` and what needs it. */
export function toStorage({ values, source }: Config, surroundings: Surroundings): StorageSettings | null {
  const { storage, history, budgets = [], conversations, secrets } = values;
  const keepsHistory = history === undefined ? storage !== undefined : history !== false;
  const needed =
    storage !== undefined ||
    keepsHistory ||
    budgets.length > 0 ||
    conversations === 'storage' ||
    (secrets?.encryption_keys?.length ?? 0) > 0;
  if (!needed) return null;
  const { content = false, retention_days: retentionDays = null } = typeof history === 'object' ? history : {};
  return {
    location: locationOf(storage, source, surroundings),
    history: keepsHistory ? { content, retentionDays } : null,
    conversations: conversations === undefined ? storage !== undefined || keepsHistory : conversations === 'storage',
  };
}

/** Relative to the configuration, as it is written there. */
export function locationOf(written: string | undefined, source: string | null, surroundings: Surroundings): string {
  const path = pathsOf(surroundings);
  if (written === undefined) return path.join(dataFolder(surroundings), 'llm-sidecar.db');
  if (/^postgres(ql)?:\/\//i.test(written)) return written;
  if (written.startsWith('~/')) return path.join(surroundings.home, written.slice(2));
  return path.resolve(source === null ? surroundings.cwd : path.dirname(source), written);
}

/** Where an application keeps what it has made: `$XDG_DATA_HOME` on Linux, beside the settings elsewhere. */
function dataFolder(surroundings: Surroundings): string {
  const { env, home, platform } = surroundings;
  const path = pathsOf(surroundings);
  if (platform === 'win32') return path.join(env['LOCALAPPDATA'] || env['APPDATA'] || home, 'llm-sidecar');
  if (platform === 'darwin') return applicationFolder('llm-sidecar', surroundings);
  return path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), 'llm-sidecar');
}
