import { secretPattern, type SecretPattern } from '../lib/secretPattern.ts';

export interface Redactor {
  /** From now on this value is removed. */
  learn(value: string): void;
  redact(text: string): string;
  /** The value with `***` for every secret, in names too. What holds none is the same object. */
  redactJson<T>(value: T): T;
  /** For text whose columns count: as many `*` as it had characters. */
  mask(text: string): string;
}

/**
 * Takes the secrets that are in use from everything that leaves the process another way than as a key. behaviour 4.5. A
 * secret of 8 characters and more is found wherever it stands; one of 4 to 7 only as a word of its own that has a digit and
 * something else; a shorter one is not found, nor one that is written in a way that secretPattern.ts does not know.
 */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let pattern: SecretPattern | undefined;
  let isCurrent = true;
  const current = (): SecretPattern | undefined => {
    if (!isCurrent) pattern = secretPattern(known);
    isCurrent = true;
    return pattern;
  };
  const redact = (text: string): string => {
    const now = current();
    return now === undefined ? text : text.replace(now.expression, '***');
  };
  return {
    learn(value) {
      if (known.has(value)) return;
      known.add(value);
      isCurrent = false;
    },
    redact,
    redactJson: <T>(value: T): T => (current() === undefined ? value : (walk(value, redact) as T)),
    mask(text) {
      const now = current();
      return now === undefined ? text : text.replace(now.expression, (found) => '*'.repeat(found.length));
    },
  };
}

function walk(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = String(value);
    return redact(text) === text ? value : '***';
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => walk(item, redact));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const before = Object.entries(value);
  const after = before.map(([name, child]): [string, unknown] => [redact(name), walk(child, redact)]);
  return after.every(([name, child], index) => name === before[index]?.[0] && child === before[index][1])
    ? value
    : Object.fromEntries(after);
}
