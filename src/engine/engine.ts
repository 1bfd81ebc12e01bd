import type { Message } from '../../protocol/index.ts';
import type { Log } from '../lib/log.ts';
import type { Conversations } from './conversation.ts';
import type { Groups } from './groups.ts';
import type { History } from './history.ts';
import type { Ledger, Prices } from './moneyPorts.ts';
import type { Gates } from './gatePorts.ts';
import type { Hooks, KeyRing, ToolBox } from './ports.ts';
import type { Rests } from './rests.ts';
import type { Snapshot } from './snapshot.ts';
import type { Telemetry } from './telemetryPort.ts';

/** What the use cases work with. Each takes the current snapshot and hooks once, when it starts. */
export interface Engine {
  snapshot(): Snapshot;
  hooks(): Hooks;
  /** Lets servers that list their models be asked, and waits a moment for those that never were: the snapshot may then know more. */
  askServers(): Promise<void>;
  readonly keys: KeyRing;
  readonly prices: Prices;
  readonly ledger: Ledger;
  readonly history: History;
  readonly loadAttachments: LoadAttachments;
  readonly groups: Groups;
  readonly conversations: Conversations;
  readonly tools: ToolBox;
  /** undefined: nobody watches. */
  readonly telemetry?: Telemetry | undefined;
  readonly rests: Rests;
  readonly gates: Gates;
  /** A line for the operator, on stderr. Never a prompt's text or a key. */
  readonly log: Log;
}

/** Reads the files that attachments name and finds their media types: every attachment left has a `mediaType`. */
export type LoadAttachments = (messages: readonly Message[], signal: AbortSignal) => readonly Message[] | Promise<readonly Message[]>;
