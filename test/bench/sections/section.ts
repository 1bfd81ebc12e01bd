import type { Sizes } from '../sizes.ts';
import type { WaySettings } from '../ways/way.ts';

/** What a section measures with. */
export interface Bench {
  readonly sizes: Sizes;
  /** For files; it is removed at the end. */
  readonly dir: string;
  /** Of every process: no key and no folder of the developer's. */
  readonly env: NodeJS.ProcessEnv;
  readonly settings: WaySettings;
  /** Whether the packages that are compared with are there. */
  readonly hasPeers: boolean;
  /** Keeps raw numbers under a name. What this machine cannot measure is NaN and is left out. */
  record(name: string, ...values: number[]): void;
  /** Something that a reader of the numbers must know. */
  note(text: string): void;
  say(text: string): void;
}
