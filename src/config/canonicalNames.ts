import type { Diagnostic } from '../../protocol/index.ts';
import type { Config } from './config.ts';
import { didYouMean, warningAt, type Finding, type KeyPath } from './finding.ts';

export interface ModelNames {
  /** The canonical id of a name that people write; null: unknown. */
  resolve(name: string): string | null;
  /** Known names that resemble an unknown one. */
  suggest(name: string): readonly string[];
}

/** Model names of a configuration as canonical ids, and what is wrong with them. */
export interface CanonicalNames {
  readonly problems: Diagnostic[];
  /** An unknown name stays as it is and is a warning `unknownModel`. behaviour 1.8. */
  one(name: string, path: KeyPath, on?: Finding['on']): string;
  list(names: readonly string[] | undefined, path: KeyPath): string[];
  /** What is written under `key`, by model. Of two names of one model the last one counts, with a warning `sameModel`. */
  keysOf<Value, Result>(
    key: string,
    written: Readonly<Record<string, Value>> | undefined,
    toResult: (value: Value, at: { readonly id: string; readonly path: KeyPath }) => Result,
  ): Map<string, Result>;
}

export function createCanonicalNames(config: Config, names: ModelNames): CanonicalNames {
  const problems: Diagnostic[] = [];
  const warn = (...finding: Parameters<typeof warningAt>): void => void problems.push(config.diagnose(warningAt(...finding)));
  const one: CanonicalNames['one'] = (name, path, on) => {
    const id = names.resolve(name);
    if (id !== null) return id;
    warn(
      'unknownModel',
      path,
      `There is no model "${name}".${didYouMean(names.suggest(name)) || ' The models are listed by llm/models.'}`,
      on,
    );
    return name;
  };
  return {
    problems,
    one,
    list: (all = [], path) => all.map((name, index) => one(name, [...path, index])),
    keysOf(key, written = {}, toResult) {
      const results = new Map<string, ReturnType<typeof toResult>>();
      const before = new Map<string, string>();
      for (const [name, value] of Object.entries(written)) {
        const path = [key, name];
        const id = one(name, path, 'key');
        const other = before.get(id);
        if (other !== undefined) warn('sameModel', path, `This is the same model as "${other}" above; this one counts.`, 'key');
        before.set(id, name);
        results.set(id, toResult(value, { id, path }));
      }
      return results;
    },
  };
}
