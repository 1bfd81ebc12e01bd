import { hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Diagnostic } from '../../protocol/index.ts';
import type { ProviderSettings } from '../catalogue/providerSettings.ts';
import { exposure } from '../lib/filePermissions.ts';
import { emptyConfig, type Config } from './config.ts';
import { discoverConfig, type ConfigPlace } from './discover.ts';
import { llmFiles } from './llmFolder.ts';
import { readText, type TextFile } from './readText.ts';
import type { Surroundings } from './surroundings.ts';
import { watchFiles, type FileWatch } from './watch.ts';

export interface LiveConfigOptions {
  /** The path given with `--config`. */
  readonly path?: string | undefined;
  readonly surroundings: Surroundings;
  readonly providerTypes: readonly string[];
  /** A line for the operator. */
  readonly log: (line: string) => void;
}

/** Everything that files of the user say, at one moment. */
export interface LiveState {
  /** The file in use, or the one that was asked for; null: none exists. */
  readonly path: string | null;
  /** The last one that was read without error. */
  readonly config: Config;
  /** All problems of the files as they are now. */
  readonly problems: readonly Diagnostic[];
  readonly aliases: ReadonlyMap<string, string>;
  /** Of extra-openai-models.yaml; for the catalogue after those of `toProviderSettings`. */
  readonly extraProviders: readonly ProviderSettings[];
  /** That the files hold or read from the environment, also one that is refused. For the redactor of the process alone. */
  readonly secrets: readonly string[];
}

export interface LiveConfig {
  readonly current: LiveState;
  /** Reads the files, then begins to watch them. */
  start(): Promise<LiveState>;
  /** Resolves when a change of the files will be noticed. */
  watching(): Promise<void>;
  /** Called after every change that matters, also of keys.json. Returns how to stop. */
  onChange(listener: (state: LiveState) => void): () => void;
  close(): Promise<void>;
}

/** Holds the configuration of the last good file and follows the files. behaviour 1.10. */
export function openLiveConfig({ path, surroundings, providerTypes, log }: LiveConfigOptions): LiveConfig {
  const place = discoverConfig(path, surroundings);
  const files = llmFiles(surroundings);
  const listeners = new Set<(state: LiveState) => void>();
  let state: LiveState = { path: null, config: emptyConfig, problems: [], aliases: new Map(), extraProviders: [], secrets: [] };
  let seen: Files | string = '';
  let watch: FileWatch | null = null;
  let watching: Promise<void> = Promise.resolve();
  let closed = false;
  let queued = false;
  let reading: Promise<void> = Promise.resolve();

  const readAll = async (): Promise<Files> =>
    Promise.all([readConfig(place, state.path), readText(files.aliases), readText(files.extraModels), readText(files.keys)]);

  const read = async (): Promise<void> => {
    const first = seen === '';
    if (typeof seen !== 'string') seen = fingerprint(seen);
    const texts = first ? await readAll() : await readSettled(readAll, seen);
    // Those of the start are hashed when they are read again: node:crypto is 4 ms.
    const now = first ? texts : fingerprint(texts);
    if (closed || now === seen) return;
    const [found, aliases, extraModels] = texts;
    const own = await parse(found, place, state, { providerTypes, env: surroundings.env });
    const ofLlm = await parseLlm(aliases, extraModels);
    if (closed) return;
    seen = now;
    state = {
      path: own.path,
      config: own.config,
      problems: [...own.problems, ...ofLlm.problems],
      aliases: ofLlm.aliases,
      extraProviders: ofLlm.extraProviders,
      secrets: [...own.secrets, ...ofLlm.secrets],
    };
    if (!first) publish();
  };

  const publish = (): void => {
    for (const listener of listeners) {
      try {
        listener(state);
      } catch (error) {
        log(`config: a listener failed: ${error instanceof Error ? error.name : 'unknown'}`);
      }
    }
  };

  /** One reading at a time, and one more for all that happens meanwhile. */
  const reread = async (): Promise<void> => {
    if (queued) return reading;
    queued = true;
    const next = reading.then(async () => {
      queued = false;
      await read();
    });
    reading = next.catch((error: unknown) => log(`config: not read again: ${String(error)}`));
    return reading;
  };

  return {
    get current() {
      return state;
    },
    start: async () => {
      await reread();
      if (closed || watch) return state;
      watch = watchFiles(
        [...place.candidates, ...Object.values(files)],
        () => void reread(),
        (error) => log(`config: changes of files may go unnoticed: ${String(error)}`),
      );
      watching = watch.ready.then(reread);
      return state;
    },
    watching: async () => watching,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      closed = true;
      listeners.clear();
      await watch?.close();
      await watching;
      await reading;
    },
  };
}

type Files = readonly [config: TextFile | null, aliases: TextFile, extraModels: TextFile, keys: TextFile];

const settleMs = 60;

/** A blank file allows everything: that has to be meant. So long it has to be blank, however long others have written to it before. */
const blankMs = 1000;

/**
 * Reads until two readings in a row are the same, unless nothing is new. A file that is written in place is empty or
 * half there for an instant, and half a configuration can allow what the whole forbids.
 */
async function readSettled(readAll: () => Promise<Files>, seen: string): Promise<Files> {
  let blankSince: number | undefined;
  const isDoubtful = (): boolean => blankSince !== undefined && performance.now() - blankSince < blankMs;
  const readOnce = async (): Promise<Files> => {
    const files = await readAll();
    blankSince = files[0]?.text?.trim() === '' ? (blankSince ?? performance.now()) : undefined;
    return files;
  };
  let before = await readOnce();
  for (let attempts = 50; (attempts > 0 || isDoubtful()) && fingerprint(before) !== seen; attempts--) {
    await setTimeout(settleMs);
    const now = await readOnce();
    if (fingerprint(now) === fingerprint(before) && !isDoubtful()) return now;
    before = now;
  }
  return before;
}

/** The first candidate that is there, but the one in use stays in use while it is away. */
async function readConfig({ candidates }: ConfigPlace, inUse: string | null): Promise<TextFile | null> {
  for (const candidate of candidates) {
    const file = await readText(candidate);
    if (file.text !== null || file.trouble !== null || candidate === inUse) return { ...file, exposed: await exposure(candidate) };
  }
  return null;
}

// The parsers are imported where there is something to parse: most of the cost of a start without any file.

type Own = Pick<LiveState, 'path' | 'config' | 'problems' | 'secrets'>;

async function parse(
  file: TextFile | null,
  { candidates, named }: ConfigPlace,
  last: LiveState,
  context: { providerTypes: readonly string[]; env: Surroundings['env'] },
): Promise<Own> {
  const about = (severity: Diagnostic['severity'], code: string, message: string): Own => {
    const source = file?.path ?? candidates[0] ?? '';
    const problems = [{ severity, code, message, path: '', source }];
    return { path: file?.path ?? (named ? source : null), config: last.config, problems, secrets: [] };
  };
  if (!file) {
    if (!named) return { path: null, config: emptyConfig, problems: [], secrets: [] };
    return about('error', 'fileMissing', `This file was asked for by ${named} and does not exist. Create it, and it takes effect at once.`);
  }
  if (file.trouble !== null) return about('error', 'fileUnreadable', `This file cannot be read: ${file.trouble}. ${keeping(last)}`);
  if (file.text === null) return about('warning', 'fileMissing', `This file is gone. ${keeping(last)}`);
  const { parseConfig } = await import('./parse.ts');
  const { config, problems, secrets } = parseConfig(file.text, { source: file.path, ...context });
  return { path: file.path, config: config ?? last.config, problems: [...problems, ...ofPermissions(file)], secrets };
}

/** Who may write it may start programs and send keys anywhere. */
function ofPermissions({ path, exposed }: TextFile): Diagnostic[] {
  if (exposed?.to !== 'write') return [];
  const message = `This file ${exposed.why}, who may by it start programs as you and send your keys anywhere. Make it yours alone: ${exposed.remedy}`;
  return [{ severity: 'warning', code: 'fileUnsafe', message, path: '', source: path }];
}

type OfLlm = Pick<LiveState, 'aliases' | 'extraProviders' | 'problems' | 'secrets'>;

async function parseLlm(aliasFile: TextFile, extraFile: TextFile): Promise<OfLlm> {
  const nothing = [aliasFile, extraFile].every(({ text, trouble }) => text === null && trouble === null);
  if (nothing) return { aliases: new Map(), extraProviders: [], problems: [], secrets: [] };
  const { parseAliases, parseExtraOpenaiModels } = await import('./parseLlmFiles.ts');
  const { aliases, problems } = parseAliases(aliasFile);
  const extra = parseExtraOpenaiModels(extraFile);
  return { aliases, extraProviders: extra.providers, problems: [...problems, ...extra.problems], secrets: extra.secrets };
}

function keeping({ config }: LiveState): string {
  return config.source === null ? 'There is no configuration until it can be.' : 'What was last read from it stays in force.';
}

/** Of keys.json too, so nothing of a text is kept. Without any text there is nothing to hide. */
function fingerprint(files: Files): string {
  const said = JSON.stringify(files);
  return files.some((file) => typeof file?.text === 'string') ? hash('sha256', said) : said;
}
