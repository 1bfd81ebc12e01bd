import { posix, win32 } from 'node:path';
import type { Environment } from './resolveEnv.ts';

/** What this room knows of the process and the machine; given, never read globally. */
export interface Surroundings {
  readonly env: Environment;
  readonly cwd: string;
  /** The user's home folder. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

export function pathsOf({ platform }: Surroundings): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

/** Where the settings of an application are: XDG on Linux, Application Support on macOS, roaming AppData on Windows. */
export function applicationFolder(application: string, surroundings: Surroundings): string {
  const { env, home, platform } = surroundings;
  const path = pathsOf(surroundings);
  if (platform === 'win32') return path.join(env['APPDATA'] || home, application);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', application);
  return path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), application);
}
