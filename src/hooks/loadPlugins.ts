import type { Hook, Tool } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import type { Plugin, Purpose } from '../plugin/plugin.ts';
import { checkPlugin } from './checkPlugin.ts';
import { pluginHook, type CreateLlm } from './pluginHook.ts';
import type { PluginImporter } from './pluginImporter.ts';
import { pluginTool } from './pluginTools.ts';

/** What plugins have registered. */
export interface PluginSet {
  readonly hooks: readonly Hook[];
  readonly purposes: readonly (Purpose & { readonly registeredBy: string })[];
  readonly tools: readonly Tool[];
}

export interface LoadedPlugins extends PluginSet {
  /** Of those that could not be loaded, by their index. */
  readonly failures: readonly { readonly index: number; readonly message: string }[];
  /** The files that belong to them, also to those that could not be loaded. */
  readonly files: readonly string[];
}

/** How long a plugin may take to load. */
const loadMs = 10_000;

/**
 * Imports the plugins and asks each what it registers. One that cannot be loaded refuses every prompt in its place: what
 * it would have allowed is not known.
 */
export async function loadPlugins(
  specifiers: readonly string[],
  from: string,
  { importer, createLlm }: { readonly importer: PluginImporter; readonly createLlm: CreateLlm },
): Promise<LoadedPlugins> {
  const files = new Set<string>();
  const names = new Map<string, number>();
  const results = await Promise.allSettled(
    specifiers.map(async (specifier) =>
      within(loadMs, loadOne(specifier, { importer, createLlm, from, onFile: (path) => files.add(path) })),
    ),
  );
  const sets: PluginSet[] = [];
  const failures: { index: number; message: string }[] = [];
  for (const [index, result] of results.entries()) {
    const specifier = specifiers[index] ?? '';
    const loaded = result.status === 'fulfilled' ? unique(result.value, index, names) : result.reason;
    if ('hooks' in (loaded as object)) sets.push(loaded as PluginSet);
    else {
      const message = messageOf(loaded);
      failures.push({ index, message });
      sets.push({ hooks: [refusing(specifier, message)], purposes: [], tools: [] });
    }
  }
  return {
    hooks: sets.flatMap((set) => set.hooks),
    purposes: sets.flatMap((set) => set.purposes),
    tools: sets.flatMap((set) => set.tools),
    failures,
    files: [...files],
  };
}

interface LoadOne {
  readonly importer: PluginImporter;
  readonly createLlm: CreateLlm;
  readonly from: string;
  onFile(path: string): void;
}

async function loadOne(specifier: string, { importer, createLlm, from, onFile }: LoadOne): Promise<PluginSet> {
  const { exports } = await importer.import(specifier, from, onFile);
  const plugin: Plugin = checkPlugin(exports['default']);
  const purposes = (await plugin.registerPurposes?.()) ?? [];
  for (const { name } of purposes)
    if (typeof name !== 'string' || name === '') throw new TypeError('registerPurposes has to give a list of { name, description? }');
  const tools = (await plugin.registerTools?.()) ?? [];
  return {
    hooks: [pluginHook(plugin, createLlm)],
    purposes: purposes.map(({ name, description }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      registeredBy: plugin.name,
    })),
    tools: tools.map((tool) => pluginTool(plugin.name, tool, createLlm)),
  };
}

function unique(set: PluginSet, index: number, names: Map<string, number>): PluginSet | Error {
  const name = set.hooks[0]?.id ?? '';
  const first = names.get(name);
  if (first !== undefined) return new Error(`Another plugin is named "${name}" already (number ${first + 1} of the list).`);
  names.set(name, index);
  return set;
}

function refusing(specifier: string, message: string): Hook {
  const failure = new Failure(
    'hookFailed',
    `The plugin ${specifier} could not be loaded, so no prompt is sent: ${message} Mend it, or take it out of the list of plugins.`,
    {
      registrationId: specifier,
    },
  );
  return { id: specifier, registeredBy: specifier, prompt: async () => Promise.reject(failure) };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`It did not finish loading within ${ms / 1000} s.`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/[?&]llm-sidecar=[\w-]+/g, '').trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
