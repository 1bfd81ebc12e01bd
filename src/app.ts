import { homedir } from 'node:os';
import type { Diagnostic } from '../protocol/index.ts';
import { loadAttachments } from './attachments/loadAttachments.ts';
import { buildSnapshot, type BuiltSnapshot } from './buildSnapshot.ts';
import { openLiveConfig } from './config/liveConfig.ts';
import { llmFiles } from './config/llmFolder.ts';
import { redactedConfig } from './config/redactedConfig.ts';
import type { Engine } from './engine/engine.ts';
import { createGroups } from './engine/groups.ts';
import { composeHooks } from './hooks/composeHooks.ts';
import { createEnvSecrets } from './keys/envSecrets.ts';
import { createKeyRing } from './keys/keyRing.ts';
import { createLlmKeysFile } from './keys/llmKeysFile.ts';
import { createRedactor } from './keys/redact.ts';
import { createUnlimitedLedger } from './ledger/unlimitedLedger.ts';
import { createPrices, loadPrices } from './pricing/genaiPrices.ts';
import { providerTypes } from './providers/index.ts';
import type { ConfigView } from './session/session.ts';

export interface AppOptions {
  /** `--config`. */
  readonly configPath: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Takes whole lines, which are free of keys by then. */
  readonly write: (line: string) => void;
}

/** All rooms put together: what both doors, the wire and the command line, work with. */
export interface App {
  readonly engine: Engine;
  readonly config: ConfigView;
  log(line: string): void;
  /** Called after every change of a file that may matter to a host. */
  onChange(listener: (diagnostics: Diagnostic[]) => void): void;
  /** Imports what the first prompt will need. For idle time; never rejects. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

export async function openApp({ configPath, env, cwd, write }: AppOptions): Promise<App> {
  const redactor = createRedactor();
  const log = (line: string): void => write(redactor.redact(line));
  const surroundings = { env, cwd, home: homedir(), platform: process.platform };
  const live = openLiveConfig({ path: configPath, surroundings, providerTypes: providerTypes(), log });
  const keysFile = createLlmKeysFile(llmFiles(surroundings).keys);
  const prices = createPrices();
  const hooks = composeHooks([], log);

  const listeners = new Set<(diagnostics: Diagnostic[]) => void>();
  let built: BuiltSnapshot = buildSnapshot(await live.start(), { env });
  live.onChange((state) => {
    built = buildSnapshot(state, { env });
    for (const listener of listeners) listener(diagnostics());
  });
  const diagnostics = (): Diagnostic[] => [...live.current.problems, ...built.problems];

  const engine: Engine = {
    snapshot: () => built.snapshot,
    hooks: () => hooks,
    keys: createKeyRing({ secrets: [createEnvSecrets(env)], keysFile, env, learn: (value) => redactor.learn(value) }),
    prices,
    ledger: createUnlimitedLedger(),
    loadAttachments,
    groups: createGroups(),
    log,
  };
  return {
    engine,
    config: {
      get path() {
        return live.current.path;
      },
      diagnostics,
      read: () => redactedConfig(live.current.config),
    },
    log,
    onChange: (listener) => void listeners.add(listener),
    warm: async () => {
      await Promise.allSettled([loadPrices(), ...built.likely.map(async (provider) => provider.load())]);
    },
    close: async () => live.close(),
  };
}
