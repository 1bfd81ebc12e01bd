import { homedir } from 'node:os';
import type { Diagnostic } from '../protocol/index.ts';
import { createLoadAttachments } from './attachments/loadAttachments.ts';
import { buildSnapshot, loadLikely } from './buildSnapshot.ts';
import type { Config } from './config/config.ts';
import { warningAt } from './config/finding.ts';
import { openLiveConfig, type LiveState } from './config/liveConfig.ts';
import { llmFiles } from './config/llmFolder.ts';
import { redactedConfig } from './config/redactedConfig.ts';
import { toAttachmentLimits, toAttachmentRoots } from './config/toAttachments.ts';
import { toSecretStore } from './config/toSecrets.ts';
import { toMcpServers } from './config/toSnapshot.ts';
import { toStorage, toTimeZone } from './config/toStorage.ts';
import { toTelemetry } from './config/toTelemetry.ts';
import { discoveryTargets } from './discoveryTargets.ts';
import type { Engine } from './engine/engine.ts';
import { createConversations } from './engine/conversation.ts';
import { createGroups } from './engine/groups.ts';
import { createRests } from './engine/rests.ts';
import type { HealthCheck } from './healthChecks.ts';
import { createProviderGates } from './gates/providerGates.ts';
import { createHookRegistry } from './hooks/hookRegistry.ts';
import { createHostHooks } from './hooks/hostHooks.ts';
import { createEnvSecrets, secretsIn } from './keys/envSecrets.ts';
import { createHostSecrets } from './keys/hostSecrets.ts';
import { createKeyRing } from './keys/keyRing.ts';
import { createLlmKeysFile } from './keys/llmKeysFile.ts';
import { createRedactor, type Redactor } from './keys/redact.ts';
import { createSecretStore } from './keys/secretStore.ts';
import { composeLedgers } from './ledger/composeLedgers.ts';
import { createLog, type Log, type LogFormat, type LogLevel } from './lib/log.ts';
import { uniqueId } from './lib/uniqueId.ts';
import { openLivePlugins } from './livePlugins.ts';
import { openLiveStorage } from './liveStorage.ts';
import { createPluginLlm } from './pluginLlm.ts';
import { createPrices, loadPrices } from './pricing/genaiPrices.ts';
import { createDiscovery, type Discovery } from './providers/discovery.ts';
import { createSend } from './providers/http/send.ts';
import { providerKinds, providerTypes } from './providers/index.ts';
import { createFetchList } from './providers/modelLists.ts';
import { toWireError } from './rpc/errors.ts';
import { secretsView, type SecretsView } from './secretsView.ts';
import type { ConfigView, Extensions } from './session/session.ts';
import { createLiveTelemetry } from './telemetry/liveTelemetry.ts';
import { createMcpServers } from './tools/mcpServers.ts';
import { createToolBox } from './tools/toolBox.ts';
import { version } from './version.ts';

export interface AppOptions {
  /** `--config`. */
  readonly configPath: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Who names attachments is the user, whose files these are: attachments.roots does not count. */
  readonly readsAnyFile?: boolean;
  /** Takes whole lines, which are free of keys by then. */
  readonly write: (line: string) => void;
  /** Default `text`. */
  readonly logFormat?: LogFormat;
  /** Default `info`. */
  readonly logLevel?: LogLevel;
}

/** All rooms put together: what both doors, the wire and the command line, work with. */
export interface App {
  /** Of this process. */
  readonly instanceId: string;
  readonly engine: Engine;
  readonly config: ConfigView;
  readonly extensions: Extensions;
  readonly secrets: SecretsView;
  readonly log: Log;
  /** For what is shown or sent another way than by `engine`. */
  readonly redactor: Pick<Redactor, 'redactJson' | 'mask'>;
  /** Called after every change of a file that may matter to a host. */
  onChange(listener: (diagnostics: Diagnostic[]) => void): void;
  /** Imports what the first prompt will need. For idle time; never rejects. */
  warm(): Promise<void>;
  /** What `llm-sidecar doctor` looks at. */
  healthChecks(): Promise<HealthCheck[]>;
  close(): Promise<void>;
}

/** After the start, before servers are asked for their models: 5 ms that a first answer need not wait for. */
const idleMs = 50;

export async function openApp({ configPath, env, cwd, readsAnyFile = false, write, logFormat, logLevel }: AppOptions): Promise<App> {
  const redactor = createRedactor();
  const log = createLog({ write, redact: redactor.redact, format: logFormat, level: logLevel });
  const surroundings = { env, cwd, home: homedir(), platform: process.platform };
  const live = openLiveConfig({ path: configPath, surroundings, providerTypes: providerTypes(), log });
  const keysFile = createLlmKeysFile(llmFiles(surroundings).keys);
  const learn = (value: string): void => redactor.learn(value);
  const hostSecrets = createHostSecrets({ log });
  const secretStore = createSecretStore({ host: hostSecrets, learn, log });
  const keys = createKeyRing({ secrets: [createEnvSecrets(env), secretStore, hostSecrets], keysFile, env, learn });
  const servers = createMcpServers({ log: (line) => log(line, { level: 'info' }), redact: redactor.redact });
  const instanceId = uniqueId();
  const storage = openLiveStorage({ instanceId, timeZone: () => toTimeZone(live.current.config), redact: redactor.redactJson, log });
  const telemetry = createLiveTelemetry({ version, redact: redactor.redactJson, log, logsCalls: logLevel === 'debug' });
  const listeners = new Set<(diagnostics: Diagnostic[]) => void>();

  let keyProblems: Diagnostic[] = [];
  const learnAll = ({ secrets }: LiveState): void => secrets.forEach(learn);
  const { redactJson: redact } = redactor;
  secretsIn(
    env,
    [...providerKinds.values()].flatMap(({ key }) => key?.variables ?? []),
  ).forEach(learn);
  learnAll(await live.start());
  let built = buildSnapshot(live.current, { env, redact, discovered: new Map(), before: undefined });
  const canonical = (name: string): string => built.snapshot.catalogue.find(name)?.id ?? name;
  const hooks = createHookRegistry(log, canonical);
  const discovery = createDiscovery({
    targets: [],
    fetchList: createFetchList(createSend(env)),
    onChange: () => rebuild(),
    onDefect: (error) => log(`llm-sidecar: the lists of models: ${error instanceof Error ? error.name : 'failed'}`),
  });
  /** Once the host has its first answer, or somebody wants to know. */
  const listServers = (): void => {
    if (listing === undefined) return;
    clearTimeout(listing);
    listing = undefined;
    discovery.setTargets(discoveryTargets(built.settings, keys));
  };
  let listing: NodeJS.Timeout | undefined = setTimeout(listServers, idleMs).unref();
  const rebuild = (): void => {
    built = buildSnapshot(live.current, { env, redact, discovered: discovery.models(), before: built });
    publish();
  };
  const publish = (): void => {
    for (const listener of listeners) listener(diagnostics());
  };
  const lookAtKeys = async (): Promise<void> => {
    secretStore.update(toSecretStore(live.current.config, surroundings));
    for (const key of (await keysFile.entries()).values()) learn(key);
    keyProblems = [...(await keysFile.problems()), ...encryptionKeyProblems(live.current.config, await secretStore.problems())];
  };
  const diagnostics = (): Diagnostic[] =>
    [
      ...live.current.problems,
      ...built.problems,
      ...keyProblems,
      ...plugins.problems,
      ...telemetryProblems(live.current.config, telemetry.problem),
      ...listingProblems(live.current.config, discovery),
    ].map(({ message, path, ...rest }) => ({ ...rest, message: redactor.redact(message), path: redactor.redact(path) }));
  const rests = createRests();
  const gates = createProviderGates();
  gates.update(built.snapshot.reliability.limits);
  live.onChange((state) => {
    rests.clear();
    learnAll(state);
    built = buildSnapshot(state, { env, redact, discovered: discovery.models(), before: built });
    gates.update(built.snapshot.reliability.limits);
    if (listing === undefined) discovery.setTargets(discoveryTargets(built.settings, keys));
    servers.update(toMcpServers(state.config));
    storage.update(toStorage(state.config, surroundings));
    Promise.all([lookAtKeys(), telemetry.update(toTelemetry(state.config, surroundings))]).then(rebuild, (error: unknown) =>
      log(`llm-sidecar: the keys were not looked at again: ${String(error)}`),
    );
    plugins.refresh().catch(() => {});
  });
  const plugins = openLivePlugins({
    config: () => live.current.config,
    createLlm: createPluginLlm(() => engine),
    canonical,
    onLoad: (loaded) => hooks.setPlugins(loaded.hooks),
    onChange: publish,
    log,
  });
  await lookAtKeys();
  servers.update(toMcpServers(live.current.config));
  storage.update(toStorage(live.current.config, surroundings));
  const loadAttachments = createLoadAttachments(() => {
    const { config } = live.current;
    const { maxBytes, maxTotalBytes } = toAttachmentLimits(config);
    return { roots: readsAnyFile ? null : toAttachmentRoots(config, surroundings), maxBytes, maxTotalBytes, cwd };
  });
  await telemetry.update(toTelemetry(live.current.config, surroundings));
  const engine: Engine = {
    snapshot: () => telemetry.watch(built.snapshot),
    hooks: () => hooks.current(),
    askServers: async () => {
      listServers();
      await discovery.ask();
    },
    keys,
    prices: createPrices(),
    ledger: composeLedgers(storage.ledger, () => plugins.current.accountants, log),
    history: storage.history,
    loadAttachments,
    groups: createGroups(),
    conversations: createConversations(storage.conversations),
    rests,
    gates,
    get tools() {
      return createToolBox(plugins.current.tools, servers.current(), redact);
    },
    get telemetry() {
      return telemetry.current;
    },
    log,
  };
  await plugins.refresh();

  return {
    instanceId,
    engine,
    config: {
      get path() {
        return live.current.path;
      },
      diagnostics,
      read: () => redact(redactedConfig(live.current.config)),
    },
    extensions: {
      hostHooks: createHostHooks({
        describeError: (error) => toWireError(error, { log, redact }),
        canonical,
        traceContext: () => telemetry.current?.around(),
        onChange: hooks.setHost,
      }),
      pluginPurposes: () => plugins.current.purposes,
      hooksIdle: hooks.idle,
    },
    secrets: secretsView({ config: () => live.current.config, env, store: secretStore, host: hostSecrets, keysFile }),
    log,
    redactor,
    onChange: (listener) => void listeners.add(listener),
    warm: async () => {
      await Promise.allSettled([loadPrices(), loadLikely(built), storage.warm()]);
      // A host may kill the process; what was compiled would then be compiled again at every start.
      process.getBuiltinModule('node:module').flushCompileCache();
    },
    healthChecks: async () => {
      const { config } = live.current;
      const { healthChecks } = await import('./healthChecks.ts');
      return healthChecks({
        config,
        diagnostics: diagnostics(),
        keysFile: { path: llmFiles(surroundings).keys, entries: async () => keysFile.entries() },
        secrets: secretStore,
        storage: toStorage(config, surroundings),
        telemetry: { isOn: toTelemetry(config, surroundings).openTelemetry, problem: telemetry.problem },
        settings: built.settings,
        engine,
        env,
      });
    },
    close: async () => {
      clearTimeout(listing);
      await Promise.allSettled([
        live.close(),
        discovery.close(),
        plugins.close(),
        servers.close(),
        storage.close(),
        secretStore.close(),
        telemetry.close(),
      ]);
    },
  };
}

/** Servers that could not be asked for their models, at their place in the file. */
function listingProblems(config: Config, discovery: Discovery): Diagnostic[] {
  return [...discovery.warnings()].map(([name, warning]) => config.diagnose(warningAt('modelsNotListed', ['providers', name], warning)));
}

/** Encryption keys that cannot be used as they are, at their place in the file. */
function encryptionKeyProblems(config: Config, problems: readonly { index: number; message: string }[]): Diagnostic[] {
  return problems.map(({ index, message }) =>
    config.diagnose(warningAt('secretsUnavailable', ['secrets', 'encryption_keys', index], message)),
  );
}

/** That nothing is reported although it is to be, at its place in the file. */
function telemetryProblems(config: Config, problem: string | null): Diagnostic[] {
  return problem === null ? [] : [config.diagnose(warningAt('telemetryUnavailable', ['telemetry'], problem))];
}
