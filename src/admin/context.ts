import type { Actor } from '../../protocol/index.ts';
import type { App } from '../app.ts';

/** What the page works on, and for whom. */
export interface AdminContext {
  readonly app: App;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who changes secrets, for the records. */
  readonly actor: Actor;
  /** The configuration that is made by the first change, where there is none. */
  readonly newConfigPath: string;
}
