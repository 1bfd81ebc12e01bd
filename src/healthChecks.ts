import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnostic } from '../protocol/index.ts';
import type { ProviderSettings } from './catalogue/providerSettings.ts';
import type { Config } from './config/config.ts';
import { formatPath } from './config/finding.ts';
import { toMcpServers, toPluginSpecifiers } from './config/toSnapshot.ts';
import type { StorageSettings } from './config/toStorage.ts';
import type { Engine } from './engine/engine.ts';
import { listModels } from './engine/listModels.ts';
import type { SecretStore } from './engine/secretsPorts.ts';
import { Failure } from './lib/failure.ts';
import { version } from './version.ts';

export interface Health {
  /** `off`: not in use, and nothing to worry about. */
  readonly status: 'ok' | 'warning' | 'failed' | 'off';
  readonly message: string;
  /** What to do, unless all is well. */
  readonly nextStep?: string | undefined;
}

/** One thing that may work or not. */
export interface HealthCheck {
  readonly name: string;
  run(signal: AbortSignal): Promise<Health>;
}

export interface HealthParts {
  readonly config: Config;
  /** Of the configuration and all that it names. */
  readonly diagnostics: readonly Diagnostic[];
  readonly keysFile: { readonly path: string; entries(): Promise<ReadonlyMap<string, string>> };
  readonly secrets: SecretStore;
  readonly storage: StorageSettings | null;
  readonly telemetry: { readonly isOn: boolean; readonly problem: string | null };
  readonly settings: readonly ProviderSettings[];
  readonly engine: Engine;
  readonly env: NodeJS.ProcessEnv;
}

/** What `llm-sidecar doctor` looks at, in this order. Only the providers are asked over the network. */
export async function healthChecks(parts: HealthParts): Promise<HealthCheck[]> {
  const { config, diagnostics, settings, engine, env } = parts;
  const { providerChecks } = await import('./providerHealth.ts');
  return [
    { name: 'versions', run: async () => ok(`llm-sidecar ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`) },
    { name: 'configuration', run: async () => configuration(parts) },
    { name: 'keys.json', run: async () => keysJson(parts) },
    { name: 'secrets', run: async () => secrets(parts) },
    { name: 'storage', run: async () => storage(parts) },
    { name: 'telemetry', run: async () => telemetry(parts) },
    { name: 'models', run: async (signal) => models(parts.engine, signal) },
    ...toPluginSpecifiers(config).map((specifier, index) => ({
      name: `plugin ${specifier}`,
      run: async () => plugin(diagnostics.find(({ path, code }) => code === 'pluginFailed' && path === formatPath(['plugins', index]))),
    })),
    ...toMcpServers(config).map((server) => ({
      name: `mcp server ${server.name}`,
      run: async () =>
        ok(`${'command' in server ? `the program ${server.command}` : new URL(server.url).origin}, started for its first tool`),
    })),
    ...(await providerChecks(settings, engine.keys, env)),
  ];
}

function ok(message: string): Health {
  return { status: 'ok', message };
}

function off(message: string): Health {
  return { status: 'off', message };
}

/** Codes of problems that have a check of their own. */
const told: ReadonlySet<string> = new Set([
  'pluginFailed',
  'modelsNotListed',
  'secretsUnavailable',
  'telemetryUnavailable',
  'keysFileUnreadable',
]);

async function configuration({ config, diagnostics, keysFile }: HealthParts): Promise<Health> {
  const about = diagnostics.filter(({ code, source }) => !told.has(code) && source !== keysFile.path);
  const [first] = about.toSorted((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
  if (first === undefined) return ok(config.source ?? 'there is no file: every model with a key may be used, and nothing is kept');
  const isError = first.severity === 'error';
  const more = about.length === 1 ? '' : ` (and ${about.length - 1} more)`;
  return {
    status: isError ? 'failed' : 'warning',
    message: `${config.source ?? first.source}: ${first.message}${more}`,
    nextStep: 'Every problem at its place: llm-sidecar config check',
  };
}

async function keysJson({ keysFile, diagnostics }: HealthParts): Promise<Health> {
  const { path } = keysFile;
  const facts = await stat(path).catch(() => null);
  if (facts === null) return off(`there is none at ${path}`);
  if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0)
    return {
      status: (facts.mode & 0o022) === 0 ? 'warning' : 'failed',
      message: `other users of this machine may ${(facts.mode & 0o022) === 0 ? 'read' : 'write'} ${path}`,
      nextStep: `Make it yours alone: chmod 600 ${path}`,
    };
  const problem = diagnostics.find(({ source }) => source === path);
  if (problem)
    return {
      status: 'failed',
      message: `${path}: ${problem.message}`,
      nextStep: 'Correct the file, or move it away and use llm-sidecar keys set NAME',
    };
  return ok(`${(await keysFile.entries()).size} keys in ${path}`);
}

async function secrets({ secrets: store, diagnostics }: HealthParts): Promise<Health> {
  const problem = diagnostics.find(({ code }) => code === 'secretsUnavailable');
  if (problem) return { status: 'failed', message: problem.message, nextStep: 'See secrets.encryption_keys in the configuration' };
  const { state, message = '', secrets: stored } = await store.list();
  if (state === 'off') return off('the encrypted store is not in use');
  if (state === 'on') return ok(`${stored.length} in the encrypted store`);
  return { status: 'failed', message, nextStep: 'See secrets and storage in the configuration' };
}

async function storage({ storage: settings }: HealthParts): Promise<Health> {
  if (settings === null) return off('nothing is kept: neither storage, history nor budgets is configured');
  try {
    const { inspectStore } = await import('./store/inspectStore.ts');
    const { kind, place, version: shape } = await inspectStore(settings.location);
    if (kind === 'sqlite') await access(dirname(settings.location), constants.W_OK);
    return ok(`${place} opens and can be written (${kind}, ${shape.split(' ')[0]})`);
  } catch (error) {
    if (error instanceof Failure) return { status: 'failed', message: error.message, nextStep: 'See storage in the configuration' };
    return {
      status: 'failed',
      message: `the folder ${dirname(settings.location)} cannot be written`,
      nextStep: 'Make it writable for this user, or set storage to another place',
    };
  }
}

async function telemetry({ telemetry: { isOn, problem } }: HealthParts): Promise<Health> {
  if (problem !== null) {
    const end = problem.indexOf('. ');
    return { status: 'failed', message: problem.slice(0, end), nextStep: problem.slice(end + 2) };
  }
  return isOn ? ok('an OpenTelemetry SDK is set up in this process') : off('not in use (telemetry: true)');
}

async function models(engine: Engine, signal: AbortSignal): Promise<Health> {
  try {
    const about = { purpose: undefined, actor: null, includeUnavailable: true, depth: 0 };
    const { models: all } = await listModels(engine, about, signal);
    const preset = all.find(({ isDefault }) => isDefault);
    const message = `${all.filter(({ available }) => available).length} may be used`;
    if (preset === undefined || preset.available)
      return ok(`${message}, ${preset === undefined ? 'none by default' : `${preset.id} by default`}`);
    const noKey = preset.unavailableReason === 'noKey';
    return {
      status: 'failed',
      message: `${message}, but the default ${preset.id} ${noKey ? `has no key (${preset.needsKey})` : 'is not allowed'}`,
      nextStep: noKey ? `Set it: llm-sidecar keys set ${preset.needsKey}` : 'See it: llm-sidecar explain',
    };
  } catch (error) {
    return {
      status: 'failed',
      message: `they cannot be listed: ${error instanceof Failure ? error.message : 'a mistake of llm-sidecar'}`,
      nextStep: 'See default_model in the configuration, and the plugins',
    };
  }
}

async function plugin(problem: Diagnostic | undefined): Promise<Health> {
  if (problem === undefined) return ok('is loaded');
  return {
    status: 'failed',
    message: problem.message,
    nextStep: 'Correct it, or take it out of plugins; until then no prompt is answered',
  };
}
