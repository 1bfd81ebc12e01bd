import { didYouMean, warningAt, isWithin, type Finding, type KeyPath } from './finding.ts';
import { describeIssue, flattenIssues, knownKeys, type Issue } from './issues.ts';
import { nearest } from './nearest.ts';
import type { Resolved } from './resolveEnv.ts';
import type { ConfigSchema, ConfigValues } from './schema.ts';
import { readYamlValue } from './yamlDocument.ts';

export interface Validated {
  /** null when there is an error. */
  readonly values: ConfigValues | null;
  readonly problems: readonly Finding[];
}

/**
 * Checks a tree and mends what has only one meaning: a key that nobody knows is left out with a warning, the text of an
 * environment variable becomes the number or list that is expected there, and `yes` and `no` mean what they mean in a
 * `datasette.yaml`.
 */
export function validate(schema: ConfigSchema, resolved: Resolved): Validated {
  const { tree } = resolved;
  const warnings: Finding[] = [];
  const mended = new Set<string>();
  for (;;) {
    const parsed = schema.safeParse(tree);
    if (parsed.success) return { values: parsed.data, problems: warnings };
    const errors: Finding[] = [];
    let progress = false;
    for (const issue of flattenIssues(parsed.error.issues)) {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.filter((key) => remove(tree, issue.path, key)) : [];
      warnings.push(...unknown.map((key) => unknownKey(key, issue.path, knownKeys(schema, issue.path))));
      if (unknown.length > 0) progress = true;
      else if (mend(tree, issue, resolved, mended)) progress = true;
      else if (!resolved.fromEnv.some(({ path, text }) => text === null && isWithin(path, issue.path))) {
        errors.push(describeIssue(issue, valueAt(tree, issue.path)));
      }
    }
    if (!progress) return { values: null, problems: [...warnings, ...errors] };
  }
}

function unknownKey(key: string, path: KeyPath, known: readonly string[]): Finding {
  return warningAt('unknownKey', [...path, key], `Unknown key "${key}"; it is ignored.${didYouMean(nearest(key, known))}`, 'key');
}

function mend(tree: unknown, issue: Issue, resolved: Resolved, mended: Set<string>): boolean {
  const spot = JSON.stringify(issue.path);
  const value = valueAt(tree, issue.path);
  if (typeof value !== 'string' || mended.has(spot) || issue.path.length === 0) return false;
  mended.add(spot);
  if (resolved.fromEnv.some(({ path, text }) => text !== null && isWithin(issue.path, path))) {
    const read = readYamlValue(value);
    return typeof read === 'string' ? false : replace(tree, issue.path, read);
  }
  if (issue.code !== 'invalid_type' || issue.expected !== 'boolean' || !/^(yes|no|on|off)$/i.test(value)) return false;
  return replace(tree, issue.path, /^(yes|on)$/i.test(value));
}

function valueAt(tree: unknown, path: KeyPath): unknown {
  let value = tree;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

function replace(tree: unknown, path: KeyPath, value: unknown): boolean {
  const parent = valueAt(tree, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof parent !== 'object' || parent === null || key === undefined) return false;
  (parent as Record<string | number, unknown>)[key] = value;
  return true;
}

function remove(tree: unknown, path: KeyPath, key: string): boolean {
  const parent = valueAt(tree, path);
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key) && Reflect.deleteProperty(parent, key);
}
