import { readFileSync, statSync } from 'node:fs';
import type { Accountant } from '../engine/moneyPorts.ts';
import type { Hook, Tool } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import type { Plugin, Purpose } from '../plugin/plugin.ts';
import { pluginAccountants } from './accountants.ts';
import { checkPlugin } from './checkPlugin.ts';
import { type Canonical } from './matches.ts';
import { pluginHook, type CreateLlm } from './pluginHook.ts';
import type { PluginImporter } from './pluginImporter.ts';
import { pluginTool } from './pluginTools.ts';

/** What plugins have registered. */
export interface PluginSet {
  readonly hooks: readonly Hook[];
  readonly purposes: readonly (Purpose & { readonly registeredBy: string })[];
  readonly tools: readonly Tool[];
  /** In the order in which they are asked. */
  readonly accountants: readonly Accountant[];
}

export interface LoadedPlugins extends PluginSet {
  /** Of those that could not be loaded, by their index. */
  readonly failures: readonly { readonly index: number; readonly message: string }[];
  /** The files that belong to them, also to those that could not be loaded, with their texts from just before; null: none. */
  readonly files: ReadonlyMap<string, string | null>;
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
  { importer, createLlm, canonical = (name) => name }: LoadOptions,
): Promise<LoadedPlugins> {
  const files = new Map<string, string | null>();
  const onFile = (path: string): void => void (files.has(path) || files.set(path, textOf(path)));
  const names = new Map<string, number>();
  const results = await Promise.allSettled(
    specifiers.map(async (specifier) => within(loadMs, loadOne(specifier, { importer, createLlm, canonical, from, onFile }))),
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
      sets.push({ hooks: [refusing(specifier, message)], purposes: [], tools: [], accountants: [] });
    }
  }
  return {
    hooks: sets.flatMap((set) => set.hooks),
    purposes: sets.flatMap((set) => set.purposes),
    tools: sets.flatMap((set) => set.tools),
    accountants: inOrder(sets).flatMap((set) => set.accountants),
    failures,
    files,
  };
}

/** Of a file. Not awaited, since Node is about to read it. */
function textOf(path: string): string | null {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

interface LoadOptions {
  readonly importer: PluginImporter;
  readonly createLlm: CreateLlm;
  readonly canonical?: Canonical | undefined;
}

interface LoadOne extends Required<LoadOptions> {
  readonly from: string;
  onFile(path: string): void;
}

async function loadOne(specifier: string, { importer, createLlm, canonical, from, onFile }: LoadOne): Promise<PluginSet> {
  const { exports } = await importer.import(specifier, from, onFile);
  const plugin: Plugin = checkPlugin(exports['default']);
  const purposes = (await plugin.registerPurposes?.()) ?? [];
  for (const { name } of purposes)
    if (typeof name !== 'string' || name === '') throw new TypeError('registerPurposes has to give a list of { name, description? }');
  const tools = (await plugin.registerTools?.()) ?? [];
  const accountants = (await plugin.registerAccountants?.()) ?? [];
  return {
    hooks: [pluginHook(plugin, createLlm)],
    purposes: purposes.map(({ name, description }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      registeredBy: plugin.name,
    })),
    tools: tools.map((tool) => pluginTool(plugin.name, tool, createLlm)),
    accountants: pluginAccountants(plugin, accountants, canonical),
  };
}

/** As their hooks. */
function inOrder(sets: readonly PluginSet[]): PluginSet[] {
  const order = ({ hooks }: PluginSet): number => hooks[0]?.order ?? 0;
  return sets.toSorted((a, b) => order(a) - order(b));
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
