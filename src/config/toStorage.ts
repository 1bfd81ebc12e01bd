import { hash } from 'node:crypto';
import { withoutAddressSecrets } from '../lib/credentials.ts';
import { applicationFolder, pathsOf, type Surroundings } from './surroundings.ts';
import type { Config } from './config.ts';

/** What is kept and where. */
export interface StorageSettings {
  /** An absolute path, or `postgres://…`. */
  readonly location: string;
  /** The beginning of the names of files for usage that could not be written there before the end. */
  readonly spillPath: string;
  /** A row about every response, which is also the ledger of budgets. */
  readonly responses: boolean;
  /** Prompts and answers too. */
  readonly content: boolean;
  /** Days after which rows are removed; null: never. */
  readonly retentionDays: number | null;
  readonly conversations: boolean;
}

/** `storage:` and the keys that need one; null: nothing is kept, and no database is opened. */
export function toStorage(config: Config, surroundings: Surroundings): StorageSettings | null {
  const { values, source } = config;
  const { storage, history, budgets = [], conversations } = values;
  const { retention_days: retentionDays = null } = typeof history === 'object' ? history : {};
  const responses = budgets.length > 0 || (history === undefined ? storage !== undefined : history !== false);
  const keepsConversations = conversations === undefined ? storage !== undefined || responses : conversations === 'storage';
  if (!responses && !keepsConversations) return null;
  const location = locationOf(storage, source, surroundings);
  return {
    location,
    spillPath: spillPathOf(location, surroundings),
    responses,
    content: keepsContent(config),
    retentionDays,
    conversations: keepsConversations,
  };
}

/** Whether prompts and answers themselves are kept. */
export function keepsContent({ values: { history } }: Config): boolean {
  return typeof history === 'object' && history.content === true;
}

/** Whose days and months reports count by: an IANA name. */
export function toTimeZone({ values }: Config): string {
  return values.time_zone ?? 'UTC';
}

/** Relative to the configuration, as it is written there. */
export function locationOf(written: string | undefined, source: string | null, surroundings: Surroundings): string {
  const path = pathsOf(surroundings);
  if (written === undefined) return path.join(dataFolder(surroundings), 'llm-sidecar.db');
  if (/^postgres(ql)?:\/\//i.test(written)) return written;
  if (written.startsWith('~/')) return path.join(surroundings.home, written.slice(2));
  return path.resolve(source === null ? surroundings.cwd : path.dirname(source), written);
}

/** Another one for another database: what waits for one is not for the other. */
function spillPathOf(location: string, surroundings: Surroundings): string {
  const name = hash('sha256', withoutAddressSecrets(location)).slice(0, 12);
  return pathsOf(surroundings).join(dataFolder(surroundings), `unwritten-usage-${name}`);
}

/** Where an application keeps what it has made: `$XDG_DATA_HOME` on Linux, beside the settings elsewhere. */
function dataFolder(surroundings: Surroundings): string {
  const { env, home, platform } = surroundings;
  const path = pathsOf(surroundings);
  if (platform === 'win32') return path.join(env['LOCALAPPDATA'] || env['APPDATA'] || home, 'llm-sidecar');
  if (platform === 'darwin') return applicationFolder('llm-sidecar', surroundings);
  return path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), 'llm-sidecar');
}
