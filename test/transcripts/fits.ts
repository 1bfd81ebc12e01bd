/** Words that stand for a value that is another one every time, and what it has to look like. */
const placeholders: Readonly<Record<string, (value: unknown) => boolean>> = {
  '<any>': () => true,
  '<text>': (value) => typeof value === 'string' && value !== '',
  '<count>': (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  '<milliseconds>': (value) => typeof value === 'number' && value >= 0 && value < 60_000,
  '<uuid>': matches(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
  '<time>': matches(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ$/),
  '<version>': matches(/^\d+\.\d+\.\d+/),
  '<sha256>': matches(/^[\da-f]{64}$/),
};

/**
 * Where `value` is not what `pattern` says, as a path and what is there instead; null: it is. A pattern is JSON with
 * placeholders: the words above, those of `known`, and `"<more>"`, as the last item of a list or a member, for anything
 * beside what is written.
 */
export function misfit(pattern: unknown, value: unknown, known: Readonly<Record<string, unknown>> = {}, path = ''): string | null {
  const wrong = (): string => `${path || 'the message'} is ${JSON.stringify(value)}, not ${JSON.stringify(pattern)}`;
  if (typeof pattern === 'string' && Object.hasOwn(known, pattern)) return value === known[pattern] ? null : wrong();
  if (typeof pattern === 'string' && Object.hasOwn(placeholders, pattern)) return placeholders[pattern]!(value) ? null : wrong();
  if (typeof pattern !== 'object' || pattern === null) return Object.is(pattern, value) ? null : wrong();
  if (typeof value !== 'object' || value === null || Array.isArray(pattern) !== Array.isArray(value)) return wrong();
  const open = Array.isArray(pattern) ? pattern.at(-1) === '<more>' : Object.hasOwn(pattern, '<more>');
  const expected = members(pattern);
  const actual = members(value);
  for (const [name, inner] of expected) {
    if (!actual.has(name)) return `${path}.${name} is missing`;
    const found = misfit(inner, actual.get(name), known, `${path}.${name}`);
    if (found !== null) return found;
  }
  const unexpected = open ? [] : [...actual.keys()].filter((name) => !expected.has(name));
  return unexpected.length === 0 ? null : `${path}.${unexpected[0]} is not expected: ${JSON.stringify(actual.get(unexpected[0]!))}`;
}

function members(value: object): Map<string, unknown> {
  const written = Array.isArray(value) ? value.filter((item) => item !== '<more>') : value;
  return new Map(Object.entries(written).filter(([name]) => name !== '<more>'));
}

function matches(form: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && form.test(value);
}
