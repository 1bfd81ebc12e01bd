import { hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Diagnostic } from '../protocol/index.ts';
import type { Config } from './config/config.ts';
import { errorAt } from './config/finding.ts';
import { readText } from './config/readText.ts';
import { toPluginSpecifiers } from './config/toSnapshot.ts';
import { watchFiles, type FileWatch } from './config/watch.ts';
import type { PluginSet } from './hooks/loadPlugins.ts';
import type { CreateLlm } from './hooks/pluginHook.ts';
import type { PluginImporter } from './hooks/pluginImporter.ts';

export interface LivePluginsOptions {
  /** The configuration in force. */
  config(): Config;
  readonly createLlm: CreateLlm;
  /** Makes a name that people write the id of a model. */
  canonical(name: string): string;
  /** Takes what is in force from now on. */
  onLoad(loaded: PluginSet): void;
  /** Called after every load but the first. */
  onChange(): void;
  log(line: string): void;
}

/** The plugins of the configuration, which follow it and their files. */
export interface LivePlugins {
  readonly current: PluginSet;
  readonly problems: readonly Diagnostic[];
  /** Loads what has changed; resolves when it is in force. Never rejects. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const nothing: PluginSet = { hooks: [], purposes: [], tools: [], accountants: [] };

/**
 * A set of plugins takes effect as a whole: while one of them cannot be loaded the last good set stays. At the start there
 * is none; then the others take part, and the one that is missing refuses every prompt.
 */
export function openLivePlugins({ config, createLlm, canonical, onLoad, onChange, log }: LivePluginsOptions): LivePlugins {
  let current = nothing;
  let problems: readonly Diagnostic[] = [];
  let wasGood = false;
  let files: readonly string[] = [];
  let seen = '';
  let importer: PluginImporter | undefined;
  let watch: FileWatch | undefined;
  let closed = false;
  let queued = false;
  let loading: Promise<void> = Promise.resolve();

  const load = async (): Promise<void> => {
    const now = config();
    const { source } = now;
    const specifiers = toPluginSpecifiers(now);
    const first = seen === '';
    if (first && (source === null || specifiers.length === 0)) return;
    const before = await settledTexts(files, !first);
    const fingerprint = (texts: string): string => JSON.stringify([source, specifiers, texts]);
    if (closed || fingerprint(before) === seen) return;
    if (!importer) {
      const [{ createPluginImporter }] = await Promise.all([import('./hooks/pluginImporter.ts'), import('./hooks/loadPlugins.ts')]);
      importer = createPluginImporter();
      process.on('unhandledRejection', onUnhandled);
    }
    const { loadPlugins } = await import('./hooks/loadPlugins.ts');
    const loaded = await loadPlugins(specifiers, source ?? '', { importer, createLlm, canonical });
    if (closed) return;
    problems = loaded.failures.map(({ index, message }) =>
      now.diagnose(errorAt('pluginFailed', ['plugins', index], `The plugin cannot be loaded. ${message}`)),
    );
    for (const { message } of problems) log(`llm-sidecar: ${message}`);
    if (loaded.failures.length === 0 || !wasGood) current = loaded;
    onLoad(current);
    wasGood ||= loaded.failures.length === 0;
    // A file that was saved while it was being loaded is a change.
    seen = fingerprint(hashOf([...loaded.files.values()]));
    await follow([...loaded.files.keys()]);
    if (!first) onChange();
  };

  const follow = async (wanted: readonly string[]): Promise<void> => {
    if (JSON.stringify(wanted) === JSON.stringify(files)) return;
    files = wanted;
    await watch?.close();
    watch =
      wanted.length === 0 || closed
        ? undefined
        : watchFiles(
            wanted,
            () => void refresh(),
            (error) => log(`plugins: changes of files may go unnoticed: ${String(error)}`),
          );
    // What was written before the watcher was ready is read again then.
    watch?.ready.then(refresh, () => {});
  };

  /** One loading at a time, and one more for all that happens meanwhile. */
  const refresh = async (): Promise<void> => {
    if (queued || closed) return loading;
    queued = true;
    const next = loading.then(async () => {
      queued = false;
      await load();
    });
    loading = next.catch((error: unknown) => log(`plugins: not loaded again: ${error instanceof Error ? error.message : 'failed'}`));
    return loading;
  };

  /** One forgotten `await` of a plugin does not end the sidecar. */
  const onUnhandled = (error: unknown): void =>
    log(
      `llm-sidecar: a promise was left alone and has failed, most likely in a plugin: ${
        error instanceof Error
          ? `${error.name} ${
              (error.stack ?? '')
                .split('\n')
                .find((line) => /^\s+at /.test(line))
                ?.trim() ?? ''
            }`
          : typeof error
      }`,
    );

  return {
    get current() {
      return current;
    },
    get problems() {
      return problems;
    },
    refresh,
    async close() {
      closed = true;
      await watch?.close();
      await loading;
      process.off('unhandledRejection', onUnhandled);
      importer?.close();
    },
  };
}

const settleMs = 60;

/** `settle`: until two readings are the same, as a file that is being written is half there for an instant. */
async function settledTexts(files: readonly string[], settle: boolean): Promise<string> {
  let before = await textsOf(files);
  for (let attempts = settle ? 50 : 0; attempts > 0; attempts--) {
    await setTimeout(settleMs);
    const now = await textsOf(files);
    if (now === before) return now;
    before = now;
  }
  return before;
}

async function textsOf(files: readonly string[]): Promise<string> {
  return hashOf(await Promise.all(files.map(async (path) => (await readText(path)).text)));
}

function hashOf(texts: readonly (string | null)[]): string {
  return hash('sha256', JSON.stringify(texts));
}
