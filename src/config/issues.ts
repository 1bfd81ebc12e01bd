import * as z from 'zod';
import { didYouMean, errorAt, type Finding, type KeyPath } from './finding.ts';
import { nearest } from './nearest.ts';

/** One issue of zod with the path from the root of the configuration. */
export type Issue = z.core.$ZodIssue & { readonly path: KeyPath };

/** Of a union, the issues of the branch that was meant: the one whose kind of value it is. */
export function flattenIssues(issues: readonly z.core.$ZodIssue[], above: KeyPath = []): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path] as (string | number)[];
    const meant = issue.code === 'invalid_union' ? issue.errors.find((branch) => !branch.some(isOtherKind)) : undefined;
    return meant ? flattenIssues(meant, path) : [{ ...issue, path }];
  });
}

/** What it is for the user. `value` is what stands there; it is never quoted, as it may be a key. */
export function describeIssue(issue: Issue, value: unknown): Finding {
  const { path } = issue;
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union': {
      if (value === undefined) return errorAt('missingKey', path, `"${String(path.at(-1))}" is missing here.`, 'key');
      const own = issue.message.startsWith('Invalid input') ? undefined : issue.message;
      const expected = own ?? (issue.code === 'invalid_type' ? kinds[issue.expected] : undefined) ?? 'something else';
      return errorAt('wrongType', path, `Expected ${expected}, found ${kindOf(value)}.`);
    }
    case 'invalid_value': {
      const hint = typeof value === 'string' ? didYouMean(nearest(value, issue.values.map(String))) : '';
      return errorAt('invalidValue', path, `Expected one of ${issue.values.join(', ')}.${hint}`);
    }
    case 'invalid_key':
      return errorAt('invalidValue', path, issue.issues[0]?.message ?? 'Not a name that can be used here.', 'key');
    case 'too_small':
      return errorAt('invalidValue', path, issue.origin === 'string' ? 'Expected some text.' : tooSmall(issue));
    case 'custom':
      return errorAt(String(issue.params?.['code'] ?? 'invalidValue'), path, issue.message);
    default:
      return errorAt('invalidValue', path, issue.message);
  }
}

/** The names of the keys that a schema knows at a path. */
export function knownKeys(schema: z.core.$ZodType, path: KeyPath): string[] {
  let candidates: z.core.$ZodType[] = [schema];
  for (const part of path) candidates = candidates.flatMap(unwrap).flatMap((candidate) => inside(candidate, part));
  return candidates.flatMap(unwrap).flatMap((candidate) => (candidate instanceof z.ZodObject ? Object.keys(candidate.shape) : []));
}

function inside(schema: z.core.$ZodType, part: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject)
    return [(schema.shape as Record<string, z.core.$ZodType>)[part]].filter((child) => child !== undefined);
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return schema instanceof z.ZodArray ? [schema.element] : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  return schema instanceof z.ZodUnion ? schema.options.flatMap(unwrap) : [schema];
}

function isOtherKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_union');
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'keys and values',
  record: 'keys and values',
};

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? 'text' : 'keys and values';
}

function tooSmall(issue: { minimum: number | bigint; inclusive?: boolean | undefined }): string {
  return `Expected a number ${issue.inclusive === false ? 'above' : 'of at least'} ${issue.minimum}.`;
}
