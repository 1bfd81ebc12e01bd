import type { Diagnostic, InitializeParams, Json } from '../../protocol/index.ts';
import type { HookRegistration, HookRegistrationResult } from '../../protocol/shapes/hook.ts';
import type { Engine } from '../engine/engine.ts';
import type { Secrets } from '../engine/secretsPorts.ts';
import { createSlots, type Slots } from '../lib/slots.ts';
import type { DeltaPump } from '../pump/deltaPump.ts';

/** What the process knows of the configuration, for the host. */
export interface ConfigView {
  readonly path: string | null;
  diagnostics(): Diagnostic[];
  /** In force, secrets by name only. */
  read(): Json;
}

/** What the host and plugins add. */
export interface Extensions {
  readonly hostHooks: {
    register(registrations: readonly HookRegistration[], peer: HostPeer): HookRegistrationResult[];
    /** Gives the ids there were. */
    unregister(ids: readonly string[]): string[];
  };
  pluginPurposes(): readonly { readonly name: string; readonly description?: string; readonly registeredBy: string }[];
  /** Resolves when no prompt is between its first hook and its last. */
  hooksIdle(): Promise<void>;
}

/** Secrets, and the host as one more place where they are. */
export interface SessionSecrets extends Secrets {
  /** The host said that it answers secret/resolve. */
  connectHost(peer: HostPeer): void;
}

interface HostPeer {
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
}

export interface ServerIdentity {
  readonly name: string;
  readonly version: string;
  readonly instanceId: string;
}

export interface RunningPrompt {
  readonly pump: DeltaPump | undefined;
  readonly groupId: string | undefined;
  /** Its answer is out. */
  readonly done: Promise<unknown>;
}

/** One connection to one host, from its first byte to its last. */
export interface Session {
  readonly engine: Engine;
  readonly config: ConfigView;
  readonly extensions: Extensions;
  readonly secrets: SessionSecrets;
  readonly server: ServerIdentity;
  readonly maxMessageBytes: number;
  /** That `initialize` has to have; undefined: none is needed. */
  readonly token: string | undefined;
  readonly slots: Slots;
  /** By promptId. */
  readonly prompts: Map<string, RunningPrompt>;
  /** Aborted when running prompts must end: shutdown ran out of patience, or the host is gone. */
  readonly stopping: AbortController;
  /** What the host said in `initialize`. */
  host: InitializeParams | undefined;
  /** Called once, before `initialize` is answered: the host waits for it, and is alive. */
  onHost(host: InitializeParams): void;
  /** Called once, when `initialize` has been answered. */
  onReady(): void;
  state: 'new' | 'ready' | 'shuttingDown' | 'shutDown';
  trace: 'off' | 'messages' | 'verbose';
  /** Ends the process: with 0 after `shutdown`, else with 1. */
  exit(): void;
}

/** Prompts that may wait for a place before the next is refused as overloaded. */
const queueLength = 100;

export function createSession(
  made: Pick<
    Session,
    'engine' | 'config' | 'extensions' | 'secrets' | 'server' | 'maxMessageBytes' | 'token' | 'exit' | 'onHost' | 'onReady'
  >,
): Session {
  return {
    ...made,
    slots: createSlots(() => made.engine.snapshot().limits.maxConcurrentPrompts, queueLength),
    prompts: new Map(),
    stopping: new AbortController(),
    host: undefined,
    state: 'new',
    trace: 'off',
  };
}
