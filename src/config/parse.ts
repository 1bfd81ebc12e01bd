import type { Diagnostic, Json } from '../../protocol/index.ts';
import { checkMeaning } from './checkMeaning.ts';
import { emptyConfig, type Config } from './config.ts';
import { didYouMean, warningAt, type Finding, type KeyPath } from './finding.ts';
import { nearest } from './nearest.ts';
import { resolveEnv, type Environment } from './resolveEnv.ts';
import { createConfigSchema } from './schema.ts';
import { secretValues } from './secretValues.ts';
import { validate } from './validate.ts';
import { readYaml } from './yamlDocument.ts';

export interface ParseOptions {
  /** The file, for the diagnostics. */
  readonly source: string;
  /** What `type` of a provider can be: the built-in providers and `openai-compatible`. */
  readonly providerTypes: readonly string[];
  readonly env: Environment;
}

export interface ParsedConfig {
  readonly config: Config | null;
  readonly problems: Diagnostic[];
  /** That the file holds or reads from the environment, also one that is refused. For the redactor of the process alone. */
  readonly secrets: readonly string[];
}

/** Never throws; `config` is null when one of the problems is an error. */
export function parseConfig(text: string, { source, providerTypes, env }: ParseOptions): ParsedConfig {
  const document = readYaml(text, source);
  if (document.value === undefined) return { config: null, problems: [...document.problems], secrets: [] };
  const { written, at, problems: found } = ownPart(document.value);
  const diagnose = (problem: Finding): Diagnostic => document.diagnose({ ...problem, path: [...at, ...problem.path] });

  const resolved = resolveEnv(written ?? {}, env);
  found.push(...resolved.problems);
  if (resolved.problems.some(({ code }) => code === 'tooDeep'))
    return { config: null, problems: [...document.problems, ...found.map(diagnose)], secrets: [] };
  // Before a key that nobody knows is taken out.
  const secrets = secretValues(written, resolved.tree);
  const { values, problems } = validate(createConfigSchema(providerTypes), resolved);
  found.push(...problems, ...checkMeaning(written, resolved.tree, providerTypes));

  const all = [...document.problems, ...found.map(diagnose)].toSorted(byPlace);
  if (values === null || all.some(({ severity }) => severity === 'error')) return { config: null, problems: all, secrets };
  return { config: { ...emptyConfig, source, values, written: asJson(written ?? {}), diagnose }, problems: all, secrets };
}

const plugin = ['plugins', 'datasette-llm'] as const;

/** behaviour 1.1: the top level, or `plugins: datasette-llm:` of a `datasette.yaml`, whose other keys are not ours. A list is of our plugins. */
function ownPart(root: unknown): { written: unknown; at: KeyPath; problems: Finding[] } {
  if (!isRecord(root) || (root['plugins'] !== null && !isRecord(root['plugins']))) return { written: root, at: [], problems: [] };
  const { plugins, ...rest } = root;
  if (isRecord(plugins) && plugin[1] in plugins) return { written: plugins[plugin[1]], at: plugin, problems: [] };
  const [similar] = isRecord(plugins) ? nearest(plugin[1], Object.keys(plugins)) : [];
  if (similar === undefined || /accountant|usage/.test(similar)) return { written: rest, at: [], problems: [] };
  const message = `No plugin of this name is read here.${didYouMean([plugin[1]])}`;
  return { written: rest, at: [], problems: [warningAt('unknownKey', ['plugins', similar], message, 'key')] };
}

/** Where in a file our part of it begins. */
export function ownPlace(root: unknown): KeyPath {
  return ownPart(root).at;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [one, other] = [a.range?.start, b.range?.start];
  if (!one || !other) return one ? 1 : other ? -1 : 0;
  return one.line - other.line || one.character - other.character;
}

/** What YAML has and JSON does not becomes text or null. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item))) as Json;
}
