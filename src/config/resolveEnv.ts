import { didYouMean, errorAt, type Finding, type KeyPath } from './finding.ts';
import { nearest } from './nearest.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Resolved {
  /** A copy that may be changed: `$env` replaced, keys without a value left out. */
  readonly tree: unknown;
  readonly problems: readonly Finding[];
  /** Where the text of a variable stands now, and where one was unset. */
  readonly fromEnv: readonly { readonly path: KeyPath; readonly text: string | null }[];
}

const deepest = 64;

/** `{$env: NAME}` in place of any value becomes the text of the variable. behaviour 1.9. */
export function resolveEnv(written: unknown, env: Environment): Resolved {
  const problems: Finding[] = [];
  const fromEnv: { path: KeyPath; text: string | null }[] = [];

  const copy = (value: unknown, path: KeyPath): unknown => {
    if (path.length > deepest) {
      if (!problems.some(({ code }) => code === 'tooDeep')) problems.push(errorAt('tooDeep', path.slice(0, 4), 'Nested too deeply.'));
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item: unknown, index) => copy(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    // Tags such as !!set and !!binary make what no key takes.
    if (Object.getPrototypeOf(value) !== Object.prototype) return Object.prototype.toString.call(value);
    if (Object.hasOwn(value, '$env')) return variable((value as { $env: unknown }).$env, Object.keys(value).length, path);
    const result: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      const copied = child === null ? emptyValue(path) : copy(child, [...path, key]);
      if (copied !== undefined) Object.defineProperty(result, key, { value: copied, enumerable: true, writable: true, configurable: true });
    }
    return result;
  };

  const variable = (variableName: unknown, members: number, path: KeyPath): unknown => {
    if (typeof variableName !== 'string' || variableName === '' || members > 1) {
      problems.push(errorAt('invalidEnv', path, 'Expected {$env: NAME}, with the name of an environment variable and nothing else.'));
      fromEnv.push({ path, text: null });
      return undefined;
    }
    const text = env[variableName];
    if (text === undefined || text === '') {
      const similar = Object.keys(env).length === 0 ? [] : nearest(variableName, Object.keys(env)).slice(0, 1);
      const message = `The environment variable ${variableName} is not set. Set it, or write the value here.${didYouMean(similar)}`;
      problems.push(errorAt('envUnset', path, message));
      fromEnv.push({ path, text: null });
      return undefined;
    }
    fromEnv.push({ path, text });
    return text;
  };

  return { tree: copy(written, []), problems, fromEnv };
}

/** `chat:` under `purposes:` is a purpose without settings; any other key without a value is as good as absent. */
function emptyValue(parent: KeyPath): Record<string, never> | undefined {
  return parent.length === 1 && (parent[0] === 'purposes' || parent[0] === 'providers') ? {} : undefined;
}
